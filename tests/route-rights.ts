/** Who may call which route of the HTTP side, as domain.md says: a table of its own, so that a mistake in the code does not correct its test. */

/** O operator, L leader, P patrol, T taxi dispatcher, A administrator, U auditor. */
export const LETTERS = {
  O: 'operator',
  L: 'leader',
  P: 'patrol',
  T: 'taxiDispatcher',
  A: 'administrator',
  U: 'auditor'
} as const
export type Letter = keyof typeof LETTERS

/** Without a session. */
export const OPEN = ['GET /api/site', 'POST /api/login', 'POST /api/logout']

/** Of the demo, and of nobody where there is none. */
export const DEMO = ['POST /api/demo/press']

export const BY_ROLE: Readonly<Record<string, readonly string[]>> = {
  /** What is about the place and oneself: no incident, no camera, no position. */
  OLPTAU: [
    'GET /api/openapi.json',
    'GET /api/session',
    'GET /api/map',
    'GET /api/map/tiles/:z/:x/:y',
    'GET /api/settings'
  ],
  OLPU: ['POST /api/evidence/:id/ticket'],
  OLAU: [
    'GET /api/map/find',
    'GET /api/lines',
    'GET /api/sop',
    'GET /api/camera-health',
    'GET /api/camera-health/days',
    'GET /api/camera-health/:cameraId/day',
    'GET /api/camera-health.csv',
    'GET /api/sources',
    'GET /api/sources/detail',
    'GET /api/sources/tests',
    'GET /api/sources/shelves'
  ],
  OLT: ['POST /api/cameras/:id/ticket', 'GET /api/incidents/:id/commands', 'POST /api/incidents/:id/commands'],
  OLA: [
    'GET /api/sources/frames',
    'GET /api/sources/strangers',
    'POST /api/sources/tests',
    'POST /api/sources/tests/:id/end'
  ],
  OLU: [
    'GET /api/incidents',
    'GET /api/incidents/:id',
    'GET /api/incidents/:id/record',
    'GET /api/incident-search',
    'GET /api/follow-ups',
    'GET /api/print/incidents/:id',
    'GET /api/print/shift'
  ],
  LAU: [
    'GET /api/diagnostics',
    'GET /api/recordings',
    'GET /api/audit',
    'GET /api/audit/search',
    'GET /api/audit/search.csv',
    'GET /api/board',
    'GET /api/reports/incidents',
    'GET /api/reports/incidents.csv',
    'GET /api/reports/shift',
    'GET /api/print/report'
  ],
  LU: ['GET /api/print/retrievals'],
  LA: ['POST /api/admin/seats/:n/free', 'POST /api/camera-health/planned', 'POST /api/camera-health/planned/:id/end'],
  OL: [
    'GET /api/cameras',
    'GET /api/floor-figures',
    'GET /api/ways',
    'POST /api/incidents/:id/actions',
    'POST /api/incidents/:id/locate',
    'POST /api/incidents/:id/phrases',
    'POST /api/incidents/:id/earlier',
    'POST /api/incidents/:id/near-now',
    'GET /api/incidents/:id/numbers',
    'POST /api/incidents/:id/talk',
    'POST /api/incidents/:id/photos',
    'POST /api/evidence/:id/hear',
    'POST /api/sources/shelves',
    'POST /api/sources/shelves/:id/end',
    'GET /api/rounds',
    'POST /api/units/:id/video',
    'POST /api/units/:id/video/end',
    'GET /api/shift',
    'POST /api/shift',
    'POST /api/shift/:id/accept',
    'POST /api/shift/:id/withdraw',
    'POST /api/shift/:id/refuse',
    'POST /api/follow-ups',
    'GET /api/follow-ups/done',
    'POST /api/follow-ups/:id/answer',
    'GET /api/wall',
    'POST /api/wall/layouts',
    'POST /api/wall/layouts/:id/remove',
    'POST /api/wall/tours',
    'POST /api/wall/tours/:id/remove',
    'POST /api/cameras/:id/still-taken',
    'POST /api/cameras/:id/play-ticket',
    'POST /api/cameras/:id/recording-still',
    'GET /api/recordings/:id',
    'GET /api/video-patrol',
    'POST /api/video-patrol/rounds/:id/look',
    'POST /api/video-patrol/rounds/:id/seen',
    'POST /api/video-patrol/rounds/:id/skip',
    'POST /api/video-patrol/rounds/:id/findings',
    'GET /api/evidence',
    'GET /api/evidence/:id',
    'GET /api/holds',
    'GET /api/exports',
    'GET /api/exports/:id',
    'POST /api/exports',
    'POST /api/exports/:id/cancel',
    'POST /api/exports/:id/ticket'
  ],
  L: [
    'GET /api/group-calls',
    'GET /api/group-calls/choices',
    'POST /api/group-calls',
    'POST /api/group-calls/:id/end',
    'POST /api/video-patrol/plans',
    'POST /api/video-patrol/plans/:id/remove',
    'GET /api/video-patrol/report',
    'POST /api/holds',
    'POST /api/holds/:id/release'
  ],
  P: [
    'GET /api/patrol/state',
    'POST /api/patrol/sign-on',
    'POST /api/patrol/commands',
    'POST /api/patrol/position',
    'GET /api/patrol/rounds',
    'GET /api/patrol/orders/:id/way',
    'POST /api/patrol/group-call',
    'POST /api/patrol/video',
    'POST /api/patrol/orders/:id/photos',
    'POST /api/patrol/situations/:id/photos'
  ],
  A: [
    'POST /api/admin/users/:login/disabled',
    'GET /api/registrations',
    'GET /api/registrations/vehicles',
    'POST /api/registrations/approve',
    'POST /api/registrations/refuse',
    'POST /api/registrations/replace',
    ...records('camera-records'),
    'GET /api/camera-records/found',
    'GET /api/camera-records/export',
    'POST /api/camera-records/import/preview',
    'POST /api/camera-records/import',
    'GET /api/grid',
    'GET /api/grid/state',
    'GET /api/grid/export',
    'POST /api/grid/preview',
    'POST /api/grid/import',
    ...records('groups'),
    'POST /api/groups/members',
    ...records('units'),
    ...records('patrol-routes'),
    'GET /api/patrol-routes/choices',
    ...records('subjects'),
    'GET /api/subjects/choices',
    'GET /api/subjects/export',
    'POST /api/subjects/import/preview',
    'POST /api/subjects/import',
    'GET /api/tokens',
    'POST /api/tokens',
    'POST /api/tokens/:id/revoke',
    'GET /api/users',
    'POST /api/users',
    'GET /api/users/detail',
    'GET /api/users/choices',
    'POST /api/users/:login/password',
    'GET /api/deliveries',
    'POST /api/deliveries/:id/retry',
    'POST /api/deliveries/:id/drop',
    'POST /api/sinks/:id/orders',
    'GET /api/sinks/detail',
    'POST /api/sinks',
    'POST /api/sinks/remove',
    'POST /api/sinks/test',
    'GET /api/run-settings',
    'POST /api/run-settings',
    'POST /api/sop'
  ]
}

function records(name: string): readonly string[] {
  const path = `/api/${name}`
  return [`GET ${path}`, `GET ${path}/detail`, `POST ${path}`, `POST ${path}/remove`]
}
