/** Direction of dependency (CONTRIBUTING.md): an arrow that is not allowed here does not exist. */
const rule = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to });

module.exports = {
  forbidden: [
    rule('no-cycles', 'A cycle has no first file to read.', {}, { circular: true }),
    rule(
      'kernel-stands-alone',
      'The kernel imports nothing.',
      { path: '^shared/kernel' },
      { pathNot: '^shared/kernel' },
    ),
    rule(
      'ports-know-the-kernel',
      'Ports are interfaces over kernel types.',
      { path: '^shared/ports' },
      { pathNot: '^shared/(kernel|ports)' },
    ),
    rule(
      'ingest-knows-ports',
      'The pipeline sees adapters only through ports.',
      { path: '^shared/ingest' },
      {
        path: '^(shared|functions|local|cli|domain|sagas|schemas)/',
        pathNot: '^shared/(kernel|ports|ingest)',
      },
    ),
    rule(
      'adapters-do-not-meet',
      'An adapter reaches another only through a port.',
      { path: '^shared/([^/]+)/', pathNot: '^shared/(kernel|ports|ingest)/' },
      { path: '^shared/', pathNot: ['^shared/(kernel|ports)/', '^shared/$1/'] },
    ),
    rule(
      'shared-looks-down',
      'shared/ never imports the application.',
      { path: '^shared/' },
      { path: '^(functions|sagas|domain|local|cli|test|bench)/' },
    ),
    rule(
      'domain-is-pure',
      'No I/O, clock or Azure type in the domain.',
      { path: '^domain/' },
      { pathNot: '^(domain|shared/kernel)/' },
    ),
    rule(
      'sagas-know-the-domain',
      'A saga is a pure definition.',
      { path: '^sagas/' },
      { pathNot: '^(sagas|domain|shared/kernel|shared/ports)/' },
    ),
    rule(
      'nobody-imports-local',
      'local/ is development tooling.',
      { path: '^(functions|sagas|domain|shared|schemas)/' },
      { path: '^local/' },
    ),
    rule(
      'local-sees-the-kernel',
      'local/ reaches the app only through its built entry.',
      { path: '^local/' },
      { path: '^(functions|sagas|domain|shared|schemas|cli)/', pathNot: '^shared/kernel/' },
    ),
    rule(
      'one-host-contract',
      'Only functions/ and local/ know @azure/functions.',
      { path: '^(shared|domain|sagas|cli)/' },
      { path: 'node_modules/(@azure/functions|durable-functions)/' },
    ),
    rule(
      'no-dev-dependency-in-app',
      'The deployed app uses dependencies only.',
      { path: '^(functions|sagas|domain|shared)/' },
      { dependencyTypes: ['npm-dev'] },
    ),
    rule(
      'resolvable',
      'Every import resolves.',
      {},
      { couldNotResolve: true, pathNot: '^@azure/functions-core$' },
    ),
  ],
  options: {
    doNotFollow: { path: ['node_modules', '^dist/'] },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
};
