/** What waits in front of a busy main process: order, one copy of a repeated INVITE, and what goes first where there is no room. */
import { describe, expect, it } from 'vitest'
import { pack, unpack } from './datagram-batch.ts'
import { DatagramQueue, type QueueOptions } from './datagram-queue.ts'

const EXCHANGE = '10.0.0.1'
const STRANGER = '192.0.2.7'

function queueOf(options: Partial<QueueOptions> = {}) {
  const queue = new DatagramQueue({
    ...{ maxCount: 100, maxBytes: 100_000, maxOfStranger: 10, isTrunk: ({ address }) => address === EXCHANGE },
    ...options
  })
  const push = (text: string, address = EXCHANGE, port = 5060) =>
    queue.push({ bytes: Buffer.from(text), address, port })
  const take = (maxCount = 100, maxBytes = 100_000) =>
    queue.take(maxCount, maxBytes).map(({ bytes }) => Buffer.from(bytes).toString())
  const dropped = () => queue.dropped().map(({ reason, count }) => [reason, count])
  return { queue, push, take, dropped }
}

describe('order', () => {
  it('is that of coming, whatever each is and whoever sent it', () => {
    const { push, take } = queueOf()
    push('OPTIONS a')
    push('INVITE b')
    push('CANCEL b')
    push('INVITE c', STRANGER)
    push('SIP/2.0 200 d')
    expect(take(2)).toEqual(['OPTIONS a', 'INVITE b'])
    push('BYE e')
    expect(take()).toEqual(['CANCEL b', 'INVITE c', 'SIP/2.0 200 d', 'BYE e'])
    expect(take()).toEqual([])
  })

  it('holds over thousands, in batches of so many bytes', () => {
    const { queue, push, take } = queueOf({ maxCount: 5_000 })
    const sent = Array.from({ length: 3_000 }, (_, n) => `INVITE ${String(n).padStart(4, '0')}`)
    for (const text of sent) push(text)
    const got: string[] = []
    while (queue.size > 0) got.push(...take(256, 110))
    expect(got).toEqual(sent)
  })

  it('gives a message larger than a batch by itself', () => {
    const { push, take } = queueOf()
    push(`INVITE ${'x'.repeat(50)}`)
    push('INVITE b')
    expect(take(10, 20)).toHaveLength(1)
    expect(take(10, 20)).toEqual(['INVITE b'])
  })
})

describe('a repeated INVITE', () => {
  it('waits once, and is taken anew when the first has been handed over', () => {
    const { push, take, dropped } = queueOf()
    for (let i = 0; i < 3; i++) push('INVITE a')
    expect(dropped()).toEqual([['repeatWaiting', 2]])
    expect(dropped()).toEqual([])
    expect(take()).toEqual(['INVITE a'])
    push('INVITE a')
    expect(take()).toEqual(['INVITE a'])
  })

  it('is none from another port, or of other words; other messages are kept as often as they come', () => {
    const { queue, push, dropped } = queueOf()
    push('INVITE a')
    push('INVITE a', EXCHANGE, 5062)
    push('INVITE b')
    push('BYE a')
    push('BYE a')
    expect(queue.size).toBe(5)
    expect(dropped()).toEqual([])
  })
})

describe('where there is no room', () => {
  it('what asks for state goes first, the oldest of it, then what belongs to calls; never an INVITE for less', () => {
    const { push, take, dropped } = queueOf({ maxCount: 4 })
    push('OPTIONS 1')
    push('OPTIONS 2')
    push('BYE 3')
    push('INVITE 4')
    push('INVITE 5')
    push('INVITE 6')
    push('INVITE 7')
    push('BYE 8')
    push('OPTIONS 9')
    push('INVITE 10')
    expect(dropped()).toEqual([['overrun', 6]])
    expect(take()).toEqual(['INVITE 4', 'INVITE 5', 'INVITE 6', 'INVITE 7'])
  })

  it('strangers make room for exchanges, and calls of strangers for nobody but calls of exchanges', () => {
    const { push, take } = queueOf({ maxCount: 2 })
    push('INVITE a', STRANGER)
    push('BYE b', STRANGER)
    push('BYE c')
    push('OPTIONS d')
    expect(take()).toEqual(['INVITE a', 'BYE c'])
    push('INVITE a', STRANGER)
    push('INVITE b', '192.0.2.8')
    push('INVITE c')
    expect(take()).toEqual(['INVITE b', 'INVITE c'])
  })

  it('bytes are bounded too', () => {
    const { push, take, dropped } = queueOf({ maxBytes: 30 })
    push('OPTIONS 1234567890')
    push('INVITE 1234567890')
    push('INVITE abcdefghij')
    expect(dropped()).toEqual([['overrun', 2]])
    expect(take()).toEqual(['INVITE 1234567890'])
  })

  it('one stranger has no more than his budget, however many ports he sends from, and is named', () => {
    const { queue, push, take } = queueOf({ maxOfStranger: 3 })
    for (let port = 1; port <= 5; port++) push(`INVITE ${port}`, STRANGER, port)
    for (let n = 0; n < 5; n++) push(`INVITE e${n}`)
    expect(queue.dropped()).toEqual([{ reason: 'tooFast', count: 2, address: STRANGER, port: 5 }])
    expect(take()).toHaveLength(8)
    push('INVITE again', STRANGER)
    expect(take()).toEqual(['INVITE again'])
  })
})

it('a batch gives back what was packed, in memory of its own', () => {
  const sent = [
    { bytes: Buffer.from('INVITE a'), address: EXCHANGE, port: 5060 },
    { bytes: Buffer.alloc(0), address: STRANGER, port: 1 },
    { bytes: Buffer.from([0, 255]), address: '::1', port: 65_535 }
  ]
  const batch = pack(sent)
  expect(batch.bytes.buffer.byteLength).toBe(10)
  expect(unpack(batch)).toEqual(sent)
})
