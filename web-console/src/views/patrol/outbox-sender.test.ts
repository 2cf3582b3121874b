/** The sender: keeps before sending, sends in order, again after a cut, on after a reload. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { PatrolCommand, PatrolCommandResult } from '../../../../gateway/core/wire.ts'
import { Refusal } from '../../wire/api.ts'
import { OutboxSender } from './outbox-sender.ts'

class Memory {
  readonly items = new Map<string, string>()
  full = false
  getItem(key: string): string | null {
    return this.items.get(key) ?? null
  }
  setItem(key: string, value: string): void {
    if (this.full) throw new Error('QuotaExceededError')
    this.items.set(key, value)
  }
}

function bench() {
  const storage = new Memory()
  const got: PatrolCommand[] = []
  let cut = false
  const send = async (commands: readonly PatrolCommand[]): Promise<readonly PatrolCommandResult[]> => {
    if (cut) throw new Refusal('OFFLINE', 0, 'cut')
    got.push(...commands)
    return commands.map(({ seq }) => ({ seq, outcome: 'done' }))
  }
  const make = () => new OutboxSender({ storage, key: 'k', newClient: () => 'phone', send, now: Date.now })
  return {
    storage,
    got,
    make,
    cut: (is: boolean) => {
      cut = is
    }
  }
}

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

describe('outbox sender', () => {
  it('sends at once when the gateway is there', async () => {
    const b = bench()
    const sender = b.make()
    sender.add({ kind: 'onDuty' })
    await vi.advanceTimersByTimeAsync(0)
    expect(b.got.map(each => each.command.kind)).toEqual(['onDuty'])
    expect(sender.get().pending).toEqual([])
  })

  it('keeps commands while cut off, over a reload, and sends them in order afterwards', async () => {
    const b = bench()
    b.cut(true)
    const first = b.make()
    first.add({ kind: 'arrive', assignmentId: 'a' })
    await vi.advanceTimersByTimeAsync(2_000)
    first.add({ kind: 'clear', assignmentId: 'a' })
    first.stop()
    expect(b.got).toEqual([])

    b.cut(false)
    const second = b.make()
    await second.flush()
    expect(b.got.map(({ client, seq, command }) => [client, seq, command.kind])).toEqual([
      ['phone', 1, 'arrive'],
      ['phone', 2, 'clear']
    ])
  })

  it('tries again by itself with back-off', async () => {
    const b = bench()
    b.cut(true)
    const sender = b.make()
    sender.add({ kind: 'onDuty' })
    await vi.advanceTimersByTimeAsync(5_000)
    expect(sender.get().pending).toHaveLength(1)
    b.cut(false)
    await vi.advanceTimersByTimeAsync(20_000)
    expect(sender.get().pending).toEqual([])
    expect(b.got).toHaveLength(1)
  })

  it('sends although the phone cannot store, and does not circle when nothing is answered', async () => {
    const b = bench()
    b.storage.full = true
    const sender = b.make()
    sender.add({ kind: 'onDuty' })
    await vi.advanceTimersByTimeAsync(0)
    expect(b.got).toHaveLength(1)

    let asked = 0
    const deaf = new OutboxSender({
      storage: new Memory(),
      key: 'k',
      newClient: () => 'x',
      send: async () => {
        asked++
        return []
      },
      now: Date.now
    })
    deaf.add({ kind: 'onDuty' })
    await vi.advanceTimersByTimeAsync(300)
    expect(asked).toBe(1)
    deaf.stop()
  })

  it('does not let one bad command hold up the others, and keeps all of them while the session is lost', async () => {
    const got: string[] = []
    let status = 401
    const sender = new OutboxSender({
      storage: new Memory(),
      key: 'k',
      newClient: () => 'x',
      send: async commands => {
        if (status === 401) throw new Refusal('NOT_LOGGED_IN', 401, '')
        if (commands.some(({ command }) => command.kind === 'report')) throw new Refusal('BODY_INVALID', 400, '')
        got.push(...commands.map(({ command }) => command.kind))
        return commands.map(({ seq }) => ({ seq, outcome: 'done' }))
      },
      now: Date.now
    })
    sender.add({ kind: 'arrive', assignmentId: 'a' })
    sender.add({ kind: 'report', assignmentId: 'a', text: 'x' })
    sender.add({ kind: 'clear', assignmentId: 'a' })
    await vi.advanceTimersByTimeAsync(5_000)
    expect(sender.get().pending).toHaveLength(3)
    status = 200
    await vi.advanceTimersByTimeAsync(20_000)
    expect(got).toEqual(['arrive', 'clear'])
    expect(sender.get().pending).toEqual([])
    expect(sender.get().refused.map(each => [each.command.kind, each.code])).toEqual([['report', 'BODY_INVALID']])
  })

  it('an order is accepted at once while a photo is carried, or is refused again and again; the photo waits for what stands before it', async () => {
    const b = bench()
    const photo = Promise.withResolvers<void>()
    const isSlow = ({ command }: PatrolCommand) => command.kind === 'message' && command.photo !== undefined
    const asked: string[] = []
    let full = false
    const send = async (commands: readonly PatrolCommand[]): Promise<readonly PatrolCommandResult[]> => {
      asked.push(commands.map(each => each.command.kind).join())
      if (commands.some(isSlow)) {
        if (full) throw new Refusal('STORE_FAILED', 507, 'the disk is full')
        await photo.promise
      }
      return commands.map(({ seq }) => ({ seq, outcome: 'done' }))
    }
    const sender = new OutboxSender({
      ...{ storage: b.storage, key: 'k', newClient: () => 'phone', send, now: Date.now, isSlow }
    })
    sender.add({ kind: 'arrive', assignmentId: 'a' })
    sender.add({ kind: 'message', assignmentId: 'a', id: 'm1', text: '', photo: 'held:m1' })
    await vi.advanceTimersByTimeAsync(0)
    expect(asked).toEqual(['arrive', 'message'])
    sender.add({ kind: 'accept', assignmentId: 'b' })
    await vi.advanceTimersByTimeAsync(0)
    expect(asked).toEqual(['arrive', 'message', 'accept'])
    photo.resolve()
    await vi.advanceTimersByTimeAsync(0)
    expect(sender.get().pending).toEqual([])

    full = true
    sender.add({ kind: 'message', assignmentId: 'b', id: 'm2', text: '', photo: 'held:m2' })
    await vi.advanceTimersByTimeAsync(0)
    sender.add({ kind: 'arrive', assignmentId: 'b' })
    await vi.advanceTimersByTimeAsync(0)
    expect(sender.get().pending.map(each => each.command.kind)).toEqual(['message'])
    sender.stop()
  })
})
