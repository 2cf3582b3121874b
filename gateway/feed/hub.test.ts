/** The feed loses nothing and repeats nothing, whatever happens while a client is catching up. */
import { describe, expect, test } from 'vitest'
import type { FeedRow, StoredFeed } from '../core/store.ts'
import type { ServerMessage, SessionUser } from '../core/wire.ts'
import { createHub, type Hub, type Sink } from './hub.ts'

const user: SessionUser = { userId: 'u', login: '1', name: 'u', role: 'operator' }

/** A store whose reads can be held, and the commit that feeds both. */
function bench(options: { maxReplay?: number; forgetBefore?: number; present?: () => ServerMessage[] } = {}) {
  const rows: StoredFeed[] = []
  const last: Record<string, number> = {}
  let hold: Promise<void> | undefined
  let nowMs = 0
  let broken = false
  let made = 0
  const hub: Hub = createHub({
    now: () => nowMs,
    replayMs: 60_000,
    maxReplay: options.maxReplay,
    present: options.present,
    snapshot() {
      made += 1
      return { floor: { incidents: [], units: [], cameras: [], notices: [] } }
    },
    store: {
      async feedSince(scope, seq, limit) {
        await hold
        if (broken) throw new Error('unreadable')
        return rows.filter(row => row.scope === scope && row.seq > seq).slice(0, limit)
      },
      async feedBounds(scope) {
        return { last: last[scope] ?? 0, oldest: options.forgetBefore ?? 0 }
      }
    }
  })
  return {
    hub,
    snapshots: () => made,
    later(ms: number) {
      nowMs += ms
    },
    breakReads() {
      broken = true
    },
    holdReads(until: Promise<void>) {
      hold = until
    },
    commit(scope: string, n: number) {
      const seq = rows.length + 1
      const row: FeedRow = { scope, atMs: 0, body: { n } }
      const prev = last[scope] ?? 0
      rows.push({ ...row, seq, prev })
      last[scope] = seq
      hub.publish([row], [{ seq, prev }], 0)
    }
  }
}

function listener(over: Partial<Sink> = {}) {
  const messages: ServerMessage[] = []
  let closed: number | undefined
  const sink: Sink = {
    send: text => {
      messages.push(JSON.parse(String(text)) as ServerMessage)
      return true
    },
    close: code => {
      closed = code
    },
    ...over
  }
  return {
    sink,
    messages,
    closed: () => closed,
    seqs: () => messages.flatMap(m => (m.type === 'msg' ? [m.seq] : [])),
    types: () => messages.map(m => m.type)
  }
}

describe('hub', () => {
  test('a new client: welcome, snapshot with the present number, then what follows', async () => {
    const { hub, commit } = bench()
    commit('floor', 1)
    const a = listener()
    await hub.subscribe(a.sink, user, ['floor'], {})
    commit('floor', 2)
    expect(a.types()).toEqual(['welcome', 'snapshot', 'msg'])
    expect(a.messages[1]).toMatchObject({ seq: 1 })
    expect(a.messages[2]).toMatchObject({ seq: 2, prev: 1 })
  })

  test('what is published while the store is being read comes once and in order', async () => {
    const { hub, commit, holdReads } = bench()
    for (let n = 1; n <= 5; n++) commit('floor', n)
    let open = () => {}
    holdReads(
      new Promise(resolve => {
        open = resolve
      })
    )
    const a = listener()
    const subscribed = hub.subscribe(a.sink, user, ['floor'], { floor: 2 })
    commit('floor', 6)
    commit('floor', 7)
    open()
    await subscribed
    commit('floor', 8)
    expect(a.seqs()).toEqual([3, 4, 5, 6, 7, 8])
    const chain = a.messages.flatMap(m => (m.type === 'msg' ? [m.prev] : []))
    expect(chain).toEqual([2, 3, 4, 5, 6, 7])
  })

  test('scopes do not mix, and each keeps its own chain', async () => {
    const { hub, commit } = bench()
    const floor = listener()
    const patrol = listener()
    await hub.subscribe(floor.sink, user, ['floor'], { floor: 0 })
    await hub.subscribe(patrol.sink, user, ['unit:07'], {})
    commit('floor', 1)
    commit('unit:07', 2)
    commit('floor', 3)
    expect(floor.seqs()).toEqual([1, 3])
    expect(patrol.seqs()).toEqual([2])
    expect(floor.messages.at(-1)).toMatchObject({ prev: 1 })
  })

  test('too old, too many or from another life: a snapshot', async () => {
    for (const [options, resume] of [
      [{ forgetBefore: 3 }, 2],
      [{ maxReplay: 2 }, 1],
      [{}, 99]
    ] as const) {
      const { hub, commit } = bench(options)
      for (let n = 1; n <= 5; n++) commit('floor', n)
      const a = listener()
      await hub.subscribe(a.sink, user, ['floor'], { floor: resume })
      expect(a.types()).toEqual(['welcome', 'snapshot'])
      expect(a.messages[1]).toMatchObject({ seq: 5 })
    }
  })

  test('away for longer than the setting: a snapshot, even while the rows are still stored', async () => {
    const { hub, commit, later } = bench()
    commit('floor', 1)
    commit('floor', 2)
    later(60_000)
    const inTime = listener()
    await hub.subscribe(inTime.sink, user, ['floor'], { floor: 1 })
    expect(inTime.seqs()).toEqual([2])
    later(1)
    const late = listener()
    await hub.subscribe(late.sink, user, ['floor'], { floor: 1 })
    expect(late.types()).toEqual(['welcome', 'snapshot'])
  })

  test('a slow client is cut; the others are not held up', async () => {
    const { hub, commit } = bench()
    let slow = false
    const a = listener({ send: () => !slow })
    const b = listener()
    await hub.subscribe(a.sink, user, ['floor'], {})
    await hub.subscribe(b.sink, user, ['floor'], {})
    slow = true
    commit('floor', 1)
    commit('floor', 2)
    expect(a.closed()).toBe(4008)
    expect(b.seqs()).toEqual([1, 2])
    expect([...hub.viewers()]).toHaveLength(1)
    expect(hub.viewersOf('floor')).toEqual([...hub.viewers()])
    expect(hub.viewersOf('unit:u1')).toEqual([])
    expect(hub.cut).toBe(1)
  })

  test('a slow client is counted once, however many messages it missed', async () => {
    const { hub, commit } = bench()
    for (let n = 1; n <= 5; n++) commit('floor', n)
    const a = listener({ send: () => false })
    await hub.subscribe(a.sink, user, ['floor'], { floor: 0 })
    expect(hub.cut).toBe(1)
    expect([...hub.viewers()]).toHaveLength(0)
  })

  test('who could not be caught up is no viewer', async () => {
    const { hub, commit, breakReads } = bench()
    commit('floor', 1)
    breakReads()
    const a = listener()
    await expect(hub.subscribe(a.sink, user, ['floor'], { floor: 0 })).rejects.toThrow('unreadable')
    commit('floor', 2)
    expect([...hub.viewers()]).toHaveLength(0)
    expect(a.types()).toEqual(['welcome'])
  })

  test('who resumes is told what stands beside the sequence', async () => {
    const { hub, commit } = bench({ present: () => [{ type: 'notices', notices: [] }] })
    commit('floor', 1)
    const a = listener()
    await hub.subscribe(a.sink, user, ['floor'], { floor: 0 })
    expect(a.types()).toEqual(['welcome', 'msg', 'notices'])
  })

  test('who gets a snapshot has that in it already, unless it changed while it was read', async () => {
    const { hub, holdReads } = bench({ present: () => [{ type: 'notices', notices: [] }] })
    const [a, b] = [listener(), listener()]
    await hub.subscribe(a.sink, user, ['floor'], {})
    expect(a.types()).toEqual(['welcome', 'snapshot'])
    const read = Promise.withResolvers<void>()
    holdReads(read.promise)
    const coming = hub.subscribe(b.sink, user, ['floor'], { floor: 0 })
    hub.broadcast('floor', { type: 'notices', notices: [] })
    read.resolve()
    await coming
    expect(b.types()).toEqual(['welcome', 'notices'])
  })

  test('many who come at once get one snapshot, made anew after anything was sent', async () => {
    const { hub, commit, snapshots } = bench()
    const join = async (options?: { positions: boolean }) => {
      const each = listener()
      await hub.subscribe(each.sink, user, ['floor'], {}, options)
      return each
    }
    const first = await join()
    for (let n = 0; n < 20; n++) await join()
    expect(snapshots()).toBe(1)
    expect((await join()).messages[1]).toEqual(first.messages[1])
    await join({ positions: false })
    expect(snapshots()).toBe(2)
    commit('floor', 1)
    expect((await join()).messages[1]).toMatchObject({ seq: 1 })
    hub.broadcast('floor', { type: 'positions', units: [], vehicles: [] })
    await join()
    expect(snapshots()).toBe(4)
  })

  test('a team that comes back gets the present, never the orders it had', async () => {
    const { hub, commit } = bench()
    commit('unit:07', 1)
    commit('unit:07', 2)
    const a = listener()
    await hub.subscribe(a.sink, user, ['unit:07'], { 'unit:07': 1 })
    commit('unit:07', 3)
    expect(a.types()).toEqual(['welcome', 'snapshot', 'msg'])
    expect(a.messages[2]).toMatchObject({ seq: 3, prev: 2 })
  })

  test('positions go to twenty viewers in a turn, and to all of them before anything newer does', async () => {
    const { hub, commit } = bench()
    const all = Array.from({ length: 50 }, () => listener())
    for (const { sink } of all) await hub.subscribe(sink, user, ['floor'], {})
    const got = () => all.filter(({ types }) => types().at(-1) === 'positions').length
    const turn = () => new Promise<void>(resolve => setImmediate(resolve))
    hub.broadcast('floor', { type: 'positions', units: [], vehicles: [] })
    expect(got()).toBe(20)
    await turn()
    expect(got()).toBe(40)
    await turn()
    expect(got()).toBe(50)
    hub.broadcast('floor', { type: 'positions', units: [], vehicles: [] })
    commit('floor', 1)
    hub.broadcast('floor', { type: 'positions', units: [], vehicles: [] })
    const late = listener()
    await hub.subscribe(late.sink, user, ['floor'], {})
    await turn()
    await turn()
    const expected = ['welcome', 'snapshot', 'positions', 'positions', 'msg', 'positions']
    for (const { types } of all) expect(types()).toEqual(expected)
    expect(late.types()).toEqual(['welcome', 'snapshot'])
  })

  test('positions are withheld until they may be shown, nothing else is', async () => {
    const { hub, commit } = bench()
    const a = listener()
    const viewer = await hub.subscribe(a.sink, user, ['floor'], {}, { positions: false })
    hub.broadcast('floor', { type: 'positions', units: [], vehicles: [] })
    commit('floor', 1)
    viewer.showPositions()
    hub.broadcast('floor', { type: 'positions', units: [], vehicles: [] })
    expect(a.types()).toEqual(['welcome', 'snapshot', 'msg', 'snapshot', 'positions'])
    expect(a.messages[3]).toMatchObject({ seq: 1 })
  })

  test('who has left hears nothing', async () => {
    const { hub, commit } = bench()
    const a = listener()
    const viewer = await hub.subscribe(a.sink, user, ['floor'], {})
    viewer.leave()
    commit('floor', 1)
    hub.broadcast('floor', { type: 'notices', notices: [] })
    expect(a.types()).toEqual(['welcome', 'snapshot'])
    expect([...hub.viewers()]).toHaveLength(0)
  })
})
