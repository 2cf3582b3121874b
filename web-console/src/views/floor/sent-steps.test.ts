/** A step whose answer is lost: "not done" is never said of it before the incident was read again. */
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { Incident, TimelineEntry } from '../../../../gateway/core/incident.ts'
import { LOOK_AGAIN_MS } from '../../state/lost-answer.ts'
import { EMPTY } from '../../state/model.ts'
import type { Queue } from '../../state/queue.ts'
import { createStore } from '../../state/store.ts'
import { incident, line, OTHER, OWNER, T0, user } from '../../testing/samples.ts'
import { runCommand } from './commands.ts'
import type { Floor } from './floor-context.tsx'
import { SentSteps, type Shown } from './sent-steps.ts'

const WAITS = incident('i-1', { version: 4 })
const TAKEN = { ...WAITS, owner: OWNER, state: 'acknowledged', version: 5 } as const
const ME = { kind: 'user', userId: 'u-3', name: '林晓' } as unknown as TimelineEntry['actor']

/** What the gateway answers to the step, then to each look. */
function bench(...answers: (() => Promise<Response> | Response)[]) {
  const connection = { phase: 'connected', sinceMs: T0 } as const
  const store = createStore({ ...EMPTY, connection, user: user(), incidents: new Map([['i-1', WAITS]]) })
  const fetched = vi.fn(async (_path: string, _init: RequestInit) => {
    const answer = answers.shift()
    if (!answer) throw new TypeError('cut')
    return answer()
  })
  vi.stubGlobal('fetch', fetched)
  let shown: Shown | undefined
  const steps = new SentSteps(now => {
    shown = now
  }, store)
  return { steps, store, fetched, said: () => shown?.said, results: () => shown?.results }
}
const cut = () => Promise.reject(new DOMException('late', 'TimeoutError'))
/** Its head came, its body never did. */
const half = () => {
  const body = new ReadableStream({ pull: stream => stream.error(new DOMException('late', 'TimeoutError')) })
  return new Response(body, { status: 200 })
}
const detail = (now: Incident, timeline: readonly TimelineEntry[] = []) =>
  new Response(JSON.stringify({ incident: now, timeline, candidates: [], similar: [] }))
const later = () => vi.advanceTimersByTimeAsync(LOOK_AGAIN_MS)

beforeEach(() => void vi.useFakeTimers())
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

it.each([
  ['late', cut],
  ['cut off in the middle', half],
  ['not readable', () => new Response('<html>')],
  ['an error of something in between', () => new Response('bad gateway', { status: 502 })]
])('an answer that is %s: not known, looked for while the gateway is away, then true', async (_name, answer) => {
  const { steps, store, said } = bench(answer, cut, () => detail(TAKEN))
  const done = steps.run('i-1', { action: 'acknowledge' })
  await vi.advanceTimersByTimeAsync(0)
  expect(said()).toEqual({ incidentId: 'i-1', action: 'acknowledge', state: 'checking' })
  steps.forget()
  expect(said()?.state).toBe('checking')
  await later()
  expect(await done).toBe(true)
  expect(said()?.state).toBe('proven')
  expect(store.get().incidents.get('i-1')?.owner).toEqual(OWNER)
})

it('while it is not known Space takes no other one; afterwards it does', async () => {
  const { steps } = bench(cut, cut, () => detail(TAKEN), cut)
  const run = vi.spyOn(steps, 'run')
  const select = vi.fn()
  const other = incident('other')
  const floor = {
    ...{ incident: other, select, user: user() },
    queue: { groups: { waiting: [other], tray: [] } } as unknown as Queue,
    actions: { run: steps.run.bind(steps), underWay: steps.underWay.bind(steps) }
  } as unknown as Floor
  const first = steps.run('i-1', { action: 'acknowledge' })
  await vi.advanceTimersByTimeAsync(0)
  expect(runCommand(floor, { name: 'acknowledgeFirst' })).toBe(true)
  expect(select).toHaveBeenLastCalledWith('i-1')
  expect(run).toHaveBeenCalledTimes(1)
  await later()
  await first
  runCommand(floor, { name: 'acknowledgeFirst' })
  expect(select).toHaveBeenLastCalledWith('other')
  steps.stop()
})

it('it is not done only when it still does not show after several looks, and who has it is said', async () => {
  const not = () => detail(WAITS)
  const { steps, fetched, said } = bench(cut, not, not, not)
  const done = steps.run('i-1', { action: 'acknowledge' })
  for (let look = 0; look < 2; look++) {
    await later()
    expect(said()?.state).toBe(look === 0 ? 'checking' : 'refused')
  }
  expect(await done).toBe(false)
  expect(fetched).toHaveBeenCalledTimes(4)
  expect(said()).toMatchObject({ state: 'refused', why: { message: 'notArrived' } })

  const theirs = () => detail({ ...WAITS, owner: OTHER, state: 'acknowledged', version: 5 })
  const lost = bench(cut, theirs, theirs, theirs)
  const tried = lost.steps.run('i-1', { action: 'acknowledge' })
  await later()
  await later()
  expect(await tried).toBe(false)
  expect(lost.said()).toMatchObject({ state: 'refused', why: { code: 'NOT_OWNER', detail: { seat: 4 } } })
})

it('once another step of the incident went well, nothing of the one that was refused stays in red', async () => {
  const refusal = () => new Response(JSON.stringify({ error: 'STORE_FAILED', message: '' }), { status: 503 })
  const { steps, said, results } = bench(refusal, () => new Response(JSON.stringify(TAKEN)))
  await steps.run('i-1', { action: 'annotate', text: '已到' })
  expect(results()?.get('i-1/annotate')).toMatchObject({ state: 'refused' })
  expect(await steps.run('i-1', { action: 'acknowledge' })).toBe(true)
  expect(said()).toBeUndefined()
  expect([...(results() ?? [])]).toEqual([['i-1/acknowledge', { state: 'done' }]])
})

it('a line of before, or of somebody else, proves nothing; a refusal that was read is said at once', async () => {
  const lines = [line(3, { kind: 'annotated', actor: ME }), line(5, { kind: 'annotated' })]
  const { steps, said } = bench(
    cut,
    () => detail(WAITS, lines),
    () => detail(WAITS, [...lines, line(6, { kind: 'annotated', actor: ME })])
  )
  const done = steps.run('i-1', { action: 'annotate', text: '已到' })
  await vi.advanceTimersByTimeAsync(0)
  expect(said()?.state).toBe('checking')
  await later()
  expect(await done).toBe(true)

  const refused = bench(() => new Response(JSON.stringify({ error: 'STORE_FAILED', message: '' }), { status: 503 }))
  expect(await refused.steps.run('i-1', { action: 'acknowledge' })).toBe(false)
  expect(refused.said()).toMatchObject({ state: 'refused', why: { code: 'STORE_FAILED' } })

  const shut = bench(cut, () => new Response(JSON.stringify({ error: 'NOT_LOGGED_IN', message: '' }), { status: 401 }))
  expect(await shut.steps.run('i-1', { action: 'acknowledge' })).toBe(false)
  expect(shut.said()).toMatchObject({ state: 'unknown', why: { code: 'NOT_LOGGED_IN' } })
})
