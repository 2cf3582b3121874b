/** What each role gets of what is another's, as domain.md says: a table of its own, so that a mistake in the code does not correct its test. */
import { BY_ROLE, type Letter } from './route-rights.ts'

/** Of another operator, team, fleet and leader; `camera`: a private one with no incident near. */
export type Thing =
  | ('home' | 'car' | 'order' | 'evidence' | 'camera' | 'team' | 'layout' | 'tour' | 'round')
  | ('shift' | 'followUp' | 'groupCall' | 'export' | 'handOver')

type Fields = Readonly<Record<string, unknown>>

/** Names of things stand for their ids. `gets`: `open` or the code of the refusal, for each role that may call the route. */
export interface Others {
  readonly at?: Fields
  readonly query?: Fields
  readonly body?: Fields
  readonly gets: Readonly<Partial<Record<Letter, string>>>
}

const rolesOf = (roles: string): readonly string[] => BY_ROLE[roles] ?? []

/** Routes that can be asked for nothing of another's. */
export const NOBODYS: Readonly<Record<string, readonly string[]>> = {
  'the registry, its people and its lines outwards are one, and the administrator has all of it': [
    ...rolesOf('A'),
    ...rolesOf('OLA'),
    ...rolesOf('LA')
  ],
  'the floor is one, and leaders and auditors see all of it': [
    ...rolesOf('L'),
    ...rolesOf('LAU'),
    ...rolesOf('LU'),
    ...rolesOf('OLAU')
  ],
  'about the place and oneself': rolesOf('OLPTAU'),
  'lists and figures of the whole floor, which every seat sees': [
    'GET /api/incidents',
    'GET /api/incident-search',
    'GET /api/follow-ups',
    'GET /api/follow-ups/done',
    'GET /api/cameras',
    'GET /api/floor-figures',
    'GET /api/ways',
    'GET /api/rounds',
    'GET /api/evidence',
    'GET /api/holds',
    'GET /api/exports',
    'POST /api/sources/shelves',
    'POST /api/sources/shelves/:id/end'
  ],
  'the own shift, wall, rounds, team': [
    'GET /api/print/shift',
    'GET /api/shift',
    'POST /api/shift',
    'GET /api/wall',
    'GET /api/video-patrol',
    'GET /api/patrol/state',
    'GET /api/patrol/rounds',
    'POST /api/patrol/position',
    'POST /api/patrol/video'
  ],
  'told by kind of order in tables of their own (below)': [
    'POST /api/incidents/:id/actions',
    'POST /api/patrol/commands'
  ]
}

const HOME = { at: { id: 'home' } }
const CAR = { at: { id: 'car' } }
const CAMERA = { at: { id: 'camera' } }
const EVIDENCE = { at: { id: 'evidence' } }
const ROUND = { at: { id: 'round' } }
const EXPORT = { at: { id: 'export' } }
const SHIFT = { at: { id: 'shift' } }
const ORDER = { at: { id: 'order' } }
/** What belongs to a seat is a leader's too. */
const OWNERS = { O: 'NOT_OWNER', L: 'open' }
const MAKERS = { O: 'NOT_ALLOWED', L: 'open' }
const FLOORS = { O: 'open', L: 'open' }
/** A shift is between two people. */
const NEITHERS = { O: 'NOT_FOUND', L: 'NOT_FOUND' }

export const OTHERS: Readonly<Record<string, Others>> = {
  // Whoever works on the floor reads every incident of it; a patrol its own order, a taxi dispatcher its own fleet.
  'GET /api/incidents/:id': { ...HOME, gets: { ...FLOORS, U: 'open' } },
  'GET /api/incidents/:id/record': { ...HOME, gets: { ...FLOORS, U: 'open' } },
  'GET /api/incidents/:id/numbers': { ...HOME, gets: FLOORS },
  'POST /api/incidents/:id/earlier': { ...HOME, gets: FLOORS },
  'GET /api/evidence/:id': { ...EVIDENCE, gets: FLOORS },
  'POST /api/evidence/:id/ticket': { ...EVIDENCE, gets: { ...FLOORS, P: 'NOT_FOUND', U: 'open' } },
  // A photo has no sound.
  'POST /api/evidence/:id/hear': { ...EVIDENCE, gets: { O: 'NOT_FOUND', L: 'NOT_FOUND' } },
  'GET /api/incidents/:id/commands': { ...CAR, gets: { ...FLOORS, T: 'NOT_FOUND' } },
  // An alarm that the driver gave in silence.
  'POST /api/incidents/:id/commands': {
    ...CAR,
    body: { source: 'jt808:013900000008', command: { kind: 'text', text: '请靠边停车', on: 'driver' } },
    gets: { O: 'NOT_OWNER', L: 'COMMAND_REFUSED', T: 'NOT_FOUND' }
  },
  'GET /api/print/incidents/:id': { ...HOME, gets: { ...MAKERS, U: 'open' } },
  'POST /api/incidents/:id/phrases': { ...HOME, gets: OWNERS },
  // Neither wears a locator, and where the car is nobody has heard.
  'POST /api/incidents/:id/locate': { ...HOME, gets: { O: 'NOT_FOUND', L: 'NOT_FOUND' } },
  'POST /api/incidents/:id/near-now': { ...CAR, gets: { O: 'ILLEGAL_TRANSITION', L: 'ILLEGAL_TRANSITION' } },
  // There is no exchange here.
  'POST /api/incidents/:id/talk': {
    ...HOME,
    body: { number: '6650147' },
    gets: { O: 'NOT_OWNER', L: 'COMMAND_REFUSED' }
  },
  // What is sent is no picture.
  'POST /api/incidents/:id/photos': { ...HOME, gets: { O: 'NOT_OWNER', L: 'MESSAGE_REFUSED' } },
  'POST /api/exports': {
    body: { incidentId: 'home', reason: '移交办案', receiver: '城关派出所' },
    gets: OWNERS
  },
  'GET /api/exports/:id': { ...EXPORT, gets: FLOORS },
  'POST /api/exports/:id/ticket': { ...EXPORT, gets: OWNERS },
  // It is made.
  'POST /api/exports/:id/cancel': { ...EXPORT, gets: { O: 'NOT_OWNER', L: 'ILLEGAL_TRANSITION' } },
  'POST /api/follow-ups': { body: { incidentId: 'home', dueInMs: 0 }, gets: FLOORS },
  // Done once: the operator was first.
  'POST /api/follow-ups/:id/answer': { at: { id: 'followUp' }, gets: { O: 'open', L: 'NOT_FOUND' } },
  'POST /api/units/:id/video': { at: { id: 'team' }, gets: { O: 'PHONE_VIDEO_REFUSED', L: 'open' } },
  'POST /api/units/:id/video/end': { at: { id: 'team' }, gets: { O: 'PHONE_VIDEO_REFUSED', L: 'open' } },
  'POST /api/shift/:id/accept': { ...SHIFT, gets: NEITHERS },
  'POST /api/shift/:id/withdraw': { ...SHIFT, gets: NEITHERS },
  'POST /api/shift/:id/refuse': { ...SHIFT, gets: NEITHERS },
  'POST /api/wall/layouts': {
    body: { id: 'layout', version: 1, name: '改过的', shared: true, grid: '4', pages: [[null]] },
    gets: MAKERS
  },
  'POST /api/wall/layouts/:id/remove': { at: { id: 'layout' }, gets: MAKERS },
  'POST /api/wall/tours': {
    body: { id: 'tour', version: 1, name: '改过的', shared: true, cameras: ['c1'], dwellS: 10 },
    gets: MAKERS
  },
  'POST /api/wall/tours/:id/remove': { at: { id: 'tour' }, gets: MAKERS },
  // Rule 9: a private camera needs an incident near it or a stated reason, whoever asks; a fleet has its own cars' only.
  'POST /api/cameras/:id/ticket': { ...CAMERA, gets: { O: 'CAMERA_CLOSED', L: 'CAMERA_CLOSED', T: 'NOT_ALLOWED' } },
  'POST /api/cameras/:id/still-taken': { ...CAMERA, gets: { O: 'CAMERA_CLOSED', L: 'CAMERA_CLOSED' } },
  'POST /api/cameras/:id/play-ticket': { ...CAMERA, gets: { O: 'RECORDING_CLOSED', L: 'RECORDING_CLOSED' } },
  'POST /api/cameras/:id/recording-still': { ...CAMERA, gets: { O: 'RECORDING_CLOSED', L: 'RECORDING_CLOSED' } },
  'GET /api/recordings/:id': { ...CAMERA, gets: { O: 'CAMERA_CLOSED', L: 'CAMERA_CLOSED' } },
  // A leader may walk any round.
  'POST /api/video-patrol/rounds/:id/look': {
    ...ROUND,
    body: { cameraId: 'c1' },
    gets: { O: 'ROUND_REFUSED', L: 'open' }
  },
  'POST /api/video-patrol/rounds/:id/seen': {
    ...ROUND,
    body: { cameraId: 'c1' },
    gets: { O: 'ROUND_REFUSED', L: 'ROUND_REFUSED' }
  },
  'POST /api/video-patrol/rounds/:id/skip': {
    ...ROUND,
    body: { cameraId: 'c1', reason: '看不清' },
    gets: { O: 'ROUND_REFUSED', L: 'open' }
  },
  'POST /api/video-patrol/rounds/:id/findings': {
    ...ROUND,
    body: { cameraId: 'c1', note: '看不清' },
    gets: { O: 'ROUND_REFUSED', L: 'open' }
  },
  'GET /api/patrol/orders/:id/way': { ...ORDER, gets: { P: 'NOT_FOUND' } },
  'POST /api/patrol/orders/:id/photos': { ...ORDER, gets: { P: 'NOT_FOUND' } },
  'POST /api/patrol/situations/:id/photos': { ...ORDER, gets: { P: 'NOT_FOUND' } },
  'POST /api/patrol/sign-on': { body: { unitId: 'team' }, gets: { P: 'NOT_ALLOWED' } },
  'POST /api/patrol/group-call': { body: { id: 'groupCall' }, gets: { P: 'NOT_FOUND' } }
}

const NOT_OWNER = { says: 'NOT_OWNER' }

/** What an operator may do with the incident of another seat: every action. A note and a link are everybody's. */
export const ACTIONS: Readonly<Record<string, { readonly body?: Fields; readonly says: string }>> = {
  acknowledge: NOT_OWNER,
  take: { says: 'NOT_ALLOWED' },
  release: NOT_OWNER,
  verify: NOT_OWNER,
  setPriority: { body: { priority: 2 }, ...NOT_OWNER },
  markDuress: NOT_OWNER,
  annotate: { body: { text: '路过，门开着' }, says: 'open' },
  callNeighbours: NOT_OWNER,
  endCallNeighbours: NOT_OWNER,
  // Nobody has a telephone here.
  addParty: { body: { to: 'team' }, says: 'ILLEGAL_TRANSITION' },
  dropParty: { body: { party: 'team' }, says: 'ILLEGAL_TRANSITION' },
  dispatch: { body: { unitId: 'u1' }, ...NOT_OWNER },
  recall: { body: { assignmentId: 'order' }, ...NOT_OWNER },
  handOver110: { body: { to: '110' }, ...NOT_OWNER },
  answerHandOver: { body: { handOver: 'handOver', accepted: true }, ...NOT_OWNER },
  categorize: { body: { category: '1' }, ...NOT_OWNER },
  sop: { body: { step: 'dispatch', state: 'skipped', reason: '不用' }, ...NOT_OWNER },
  link: { body: { to: 'car' }, says: 'open' },
  merge: { body: { into: 'car' }, ...NOT_OWNER },
  feedback: { body: { disposition: 'real-other', feedback: '已处理', category: '1' }, ...NOT_OWNER },
  returnFeedback: { body: { reason: '写清楚' }, says: 'NOT_ALLOWED' },
  resolve: { body: { disposition: 'real-other', feedback: '已处理' }, ...NOT_OWNER },
  reopen: { body: { reason: '又来了' }, says: 'ILLEGAL_TRANSITION' },
  close: { says: 'NOT_ALLOWED' },
  message: { body: { id: 'a-0123456789abcdef', text: '快' }, ...NOT_OWNER },
  readMessages: NOT_OWNER
}

/** What a team's phone may say of another team's order: nothing that counts. */
export const COMMANDS: readonly Fields[] = [
  ...['accept', 'arrive', 'clear', 'safe'].map(kind => ({ kind })),
  ...['decline', 'withdraw'].map(kind => ({ kind, reason: '太远' })),
  { kind: 'report', text: '到了' },
  { kind: 'finish', disposition: 'real-other', text: '到了', injured: 0, dead: 0 },
  { kind: 'message', id: 'a-0123456789abcdef', text: '到了' },
  { kind: 'messagesSeen', messages: ['a-0123456789abcdef'], read: true }
]
