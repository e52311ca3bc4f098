/**
 * Who may import whom. Each rule says why, so that whoever breaks it knows what to do instead.
 *
 *   apps/*  ->  platform installation  ->  http events state jobs messaging clients  ->  config observability db postgres  ->  contracts  ->  core
 *
 * Needs TypeScript 6: version 7 lacks the compiler's JavaScript API, and without it nothing would be looked at.
 */
const TEST_CODE = '(\\.spec\\.tsx?$|^libs/testing/|^apps/[^/]+/(src/testing|test)/|^test/)';

const LAYERS = [
  ['core'],
  ['contracts'],
  ['config', 'observability', 'db', 'postgres', 'pictures'],
  ['http', 'events', 'state', 'jobs', 'messaging', 'clients'],
  ['platform', 'installation'],
  ['testing'],
];
/** Within a layer: who may use a sibling. */
const SIBLINGS = { clients: ['state'], messaging: ['jobs'], events: ['jobs'] };

/** One rule per library: everything that does not lie below it is forbidden. */
const layers = LAYERS.flatMap((layer, level) =>
  layer.map((name) => {
    const allowed = [name, ...LAYERS.slice(0, level).flat(), ...(SIBLINGS[name] ?? [])];
    return {
      name: `layers-${name}`,
      severity: 'error',
      comment: `libs/${name} stands on what lies below it only, so that it can be understood and tested without the rest.`,
      from: { path: `^libs/${name}/`, pathNot: '\\.spec\\.tsx?$' },
      to: { path: '^libs/', pathNot: `^libs/(${allowed.join('|')})/` },
    };
  }),
);

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    ...layers,
    {
      name: 'apps-are-islands',
      severity: 'error',
      comment: 'Services meet over HTTP and events, never over imports.',
      from: { path: '^apps/([^/]+)/', pathNot: ['^apps/standalone/', TEST_CODE] },
      to: { path: '^apps/', pathNot: '^apps/$1/' },
    },
    {
      name: 'standalone-composes-modules',
      severity: 'error',
      comment: 'Standalone has no logic of its own: it takes the app.module.ts of each application and nothing else.',
      from: { path: '^apps/standalone/' },
      to: { path: '^apps/', pathNot: ['^apps/standalone/', '^apps/[^/]+/src/app\\.module\\.ts$'] },
    },
    {
      name: 'libs-know-no-apps',
      severity: 'error',
      comment: 'A library serves every application. Only the test harness, which is never shipped, starts whole ones.',
      from: { path: '^libs/', pathNot: '^libs/testing/' },
      to: { path: '^apps/' },
    },
    {
      name: 'libs-by-their-name',
      severity: 'error',
      comment: 'A library is imported as @latchkey/<name>, so that what it offers is what its src/index.ts says.',
      from: { path: '^(apps|libs)/([^/]+)/' },
      to: { path: '^libs/', pathNot: ['^libs/[^/]+/src/index\\.ts$', '^libs/$2/'] },
    },
    {
      name: 'adapters-behind-modules',
      severity: 'error',
      comment: 'Only modules (and index.ts) name adapters: no business code asks which mode it runs in.',
      from: { path: '^(apps|libs)/', pathNot: ['/adapters/', '\\.module\\.ts$', '/src/index\\.ts$', TEST_CODE] },
      to: { path: '^libs/[^/]+/src/adapters/' },
    },
    {
      name: 'features-through-services',
      severity: 'error',
      comment: "A feature uses another's service and serializer, never its controllers or consumers: those are doors.",
      // The gateway's listeners set the doors up, and must know where they are.
      from: { path: '^apps/[^/]+/src/([^/]+)/', pathNot: ['\\.spec\\.ts$', '^apps/gateway/src/listeners/'] },
      to: { path: '^apps/[^/]+/src/[^/]+/.*\\.(controller|consumer)\\.ts$', pathNot: '^apps/[^/]+/src/$1/' },
    },
    {
      name: 'schemas-stay-home',
      severity: 'error',
      comment:
        'A schema belongs to the operations of one feature; what two share is a format in libs/contracts. ' +
        "The webhooks API is exempt: its published bodies contain one another's.",
      from: { path: '^apps/(?!webhooks/)[^/]+/src/([^/]+)/', pathNot: '\\.spec\\.ts$' },
      to: { path: '^apps/[^/]+/src/[^/]+/.*\\.schemas\\.ts$', pathNot: '^apps/[^/]+/src/$1/' },
    },
    {
      name: 'sdk-lends-types',
      severity: 'error',
      comment: "The SDK's packages tell us the contract's types; behaviour taken from them would test itself.",
      from: { path: '^(apps|libs)/', pathNot: TEST_CODE },
      to: { path: 'node_modules/@clerk/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'tests-are-not-shipped',
      severity: 'error',
      comment: 'Nothing that ships may depend on the test harness or on a spec.',
      from: { path: '^(apps|libs)/', pathNot: TEST_CODE },
      to: { path: TEST_CODE },
    },
    {
      name: 'shipped-code-has-its-packages',
      severity: 'error',
      comment:
        'An image holds no development packages: what shipped code imports stands under "dependencies". ' +
        'The portal ships as files that are built with its packages inside.',
      from: { path: '^(apps|libs)/', pathNot: [TEST_CODE, '^apps/webhooks/portal/'].flat() },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only', 'npm'], pathNot: 'node_modules/@types/' },
    },
    {
      name: 'no-cycles',
      severity: 'error',
      comment: 'Two files that need each other are one idea in two places, and load in an order that nobody chose.',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'resolvable',
      severity: 'error',
      comment: 'An import that leads nowhere is a typing error or a package that package.json does not name.',
      from: { path: '^(apps|libs)/' },
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: ['node_modules', '/generated/'] },
    exclude: { path: ['^dist/', '/generated/'] },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'types', 'default'],
      mainFields: ['module', 'main', 'types'],
    },
    cache: { folder: '.cache/dependency-cruiser', strategy: 'content' },
  },
};
