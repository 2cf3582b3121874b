/** The phone's outbox: numbering, double taps, answers, keeping over a reload. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  batchOf,
  type Command,
  emptyOutbox,
  enqueue,
  isDouble,
  MAX_BATCH,
  type Outbox,
  readOutbox,
  settle
} from './outbox.ts'

const accept: Command = { kind: 'accept', assignmentId: 'a1' }
const arrive: Command = { kind: 'arrive', assignmentId: 'a1' }
const put = (outbox: Outbox, ...commands: Command[]) =>
  commands.reduce((box, command, i) => enqueue(box, command, 100 + i), outbox)

describe('outbox', () => {
  it('numbers commands from 1 with client and device time, oldest first', () => {
    const box = put(emptyOutbox('c'), accept, arrive)
    expect(batchOf(box)).toEqual([
      { client: 'c', seq: 1, deviceTimeMs: 100, command: accept },
      { client: 'c', seq: 2, deviceTimeMs: 101, command: arrive }
    ])
  })

  it('does nothing twice: neither while it waits nor after it was taken', () => {
    const box = put(emptyOutbox('c'), accept)
    expect(enqueue(box, accept, 200)).toBe(box)
    const done = settle(box, [{ seq: 1, outcome: 'done' }])
    expect(done.pending).toEqual([])
    expect(enqueue(done, accept, 300)).toBe(done)
    expect(isDouble(done, { kind: 'accept', assignmentId: 'a2' })).toBe(false)
  })

  it('takes duty on, off and on again, but not twice the same', () => {
    const box = put(emptyOutbox('c'), { kind: 'onDuty' }, { kind: 'onDuty' }, { kind: 'offDuty' }, { kind: 'onDuty' })
    expect(box.pending.map(each => each.command.kind)).toEqual(['onDuty', 'offDuty', 'onDuty'])
  })

  it('sends a corrected report, but not the same one again', () => {
    const report = (text: string): Command => ({ kind: 'report', assignmentId: 'a1', text })
    const box = put(emptyOutbox('c'), report('住户平安'), report('住户平安'), report('住户平安，门锁损坏'))
    expect(box.pending).toHaveLength(2)
  })

  it('keeps what was not answered, and lets a refused command be tried again', () => {
    const box = put(emptyOutbox('c'), accept, arrive)
    const after = settle(box, [{ seq: 1, outcome: 'refused', code: 'OFFER_GONE' }])
    expect(after.pending.map(each => each.seq)).toEqual([2])
    expect(after.refused).toEqual([{ command: accept, deviceTimeMs: 100, code: 'OFFER_GONE' }])
    expect(isDouble(after, accept)).toBe(false)
  })

  it('takes a repeated refusal for a refusal, a repeated success for done', () => {
    const box = put(emptyOutbox('c'), accept, arrive)
    const after = settle(box, [
      { seq: 1, outcome: 'repeated', code: 'OFFER_GONE' },
      { seq: 2, outcome: 'repeated' }
    ])
    expect(after.refused).toHaveLength(1)
    expect(after.taken).toEqual(['arrive a1'])
  })

  it('is the same after a reload and never gives a number twice, whatever was kept', () => {
    const box = put(emptyOutbox('c'), accept, arrive)
    expect(readOutbox(JSON.stringify(box))).toEqual(box)
    expect(readOutbox(JSON.stringify({ ...box, nextSeq: 1 }))?.nextSeq).toBe(3)
    for (const bad of [null, '', '{', '7', 'null', '{"client":1}', '{"client":"c","nextSeq":1,"pending":{}}'])
      expect(readOutbox(bad)).toBeUndefined()
  })

  it('whatever is tapped and answered: numbers rise, batches are bounded, nothing waits after its answer', () => {
    const command = fc.oneof(
      fc.constantFrom<Command>({ kind: 'onDuty' }, { kind: 'offDuty' }),
      fc.record({
        kind: fc.constantFrom('accept', 'arrive', 'clear'),
        assignmentId: fc.constantFrom('a', 'b', 'c')
      }) as fc.Arbitrary<Command>
    )
    fc.assert(
      fc.property(fc.array(fc.oneof(command, fc.nat(60))), steps => {
        let box = emptyOutbox('c')
        for (const step of steps) {
          box = typeof step === 'number' ? settle(box, [{ seq: step, outcome: 'done' }]) : enqueue(box, step, 1)
          const seqs = box.pending.map(each => each.seq)
          expect(seqs).toEqual([...seqs].sort((x, y) => x - y))
          expect(new Set(seqs).size).toBe(seqs.length)
          expect(batchOf(box).length).toBeLessThanOrEqual(MAX_BATCH)
          if (typeof step === 'number') expect(seqs).not.toContain(step)
        }
      })
    )
  })
})
