/** The audit log speaks: every action the gateway puts on record has its word. */
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import words from './zh/audit.json' with { type: 'json' }

const GATEWAY = fileURLToPath(new URL('../../../gateway', import.meta.url))
const read = (file: string) => readFileSync(`${GATEWAY}/${file}`, 'utf8')
const FILES = readdirSync(GATEWAY, { recursive: true, encoding: 'utf8' })
  .filter(file => file.endsWith('.ts') && !file.includes('.test.') && !file.startsWith('testing/'))
  .map(read)
const all = (text: string, pattern: RegExp) => [...new Set([...text.matchAll(pattern)].map(([, found = '']) => found))]

const KINDS = /readonly kind: '(\w+)'/g
const STEPS = ['step', 'scene', 'work-step', 'unit-message'].flatMap(file => all(read(`core/${file}.ts`), KINDS))
const ORDERS = ['wire', 'work-wire', 'message-wire'].flatMap(file =>
  all(read(`core/${file}.ts`), /readonly action: '(\w+)'/g)
)
const SHELF = ['make', 'change', 'remove']
/** What is put together from an area and a name. */
const BUILT: Readonly<Record<string, readonly string[]>> = {
  // Also refusals of what no step came of.
  incident: [...STEPS, ...ORDERS, 'open', 'callBack', 'phrases'],
  patrol: ['patrol-wire', 'message-wire']
    .flatMap(file => all(read(`core/${file}.ts`), KINDS))
    .filter(kind => kind !== 'clip' && kind !== 'still'),
  signal: ['restored', 'cancelAsked', 'tested', 'none'],
  phoneVideo: ['ask', 'start', 'end'],
  followUp: ['plan', 'answer'],
  shift: ['offer', 'accept', 'refuse', 'withdraw', 'moved'],
  evidence: ['recorded', 'sealed', 'exported', 'handedOut', 'held', 'released', 'deleted'],
  export: ['begin', 'ready', 'interrupted', 'order', 'cancel', 'cancelled', 'failed', 'handOut'],
  'wall.layout': SHELF,
  'wall.tour': SHELF,
  'patrol.plan': SHELF
}
/** What a helper takes by its place, not as `action:`. */
const GIVEN = [
  ...['audit.viewed', 'audit.exported', 'incident.searched', 'incident.viewed', 'report.exported', 'evidenceView'],
  ...['groupCall.start', 'groupCall.confirm', 'groupCall.end', 'contact.told', 'contact.takenBack', 'patrolRound.seen'],
  ...['patrolRound.skip', 'patrolRound.finding', 'sourceTest', 'sourceTestEnd', 'sourceShelf', 'sourceShelfEnd'],
  ...[
    'plannedWork',
    'plannedWorkEnd',
    'registration.approve',
    'registration.refuse',
    'registration.replace',
    'sink.retry',
    'sink.drop'
  ],
  ...['sink.test', 'hold', 'holdRelease', 'cameraStill', 'recordingStill']
]

function wordOf(action: string): unknown {
  return action
    .split('.')
    .reduce<unknown>((at, key) => (at as Record<string, unknown> | undefined)?.[key], words.action)
}

const WRITTEN = FILES.flatMap(text => all(text, /\baction: '([\w.]+)'/g))
  // An order of the floor is recorded as the incident's.
  .filter(action => !ORDERS.includes(action))
const ACTIONS = new Set([
  ...WRITTEN,
  ...GIVEN,
  ...Object.entries(BUILT).flatMap(([area, names]) => names.map(name => `${area}.${name}`))
])

it.each([...ACTIONS].sort())('%s', action => expect(wordOf(action)).toEqual(expect.any(String)))

it('knows every area that names are put together in', () => {
  const areas = new Set(FILES.flatMap(text => all(text, /\baction: [^\n]*`(\w+)\.\$\{/g)))
  expect(STEPS.length).toBeGreaterThan(30)
  expect([...areas].filter(area => !(area in BUILT))).toEqual([])
})
