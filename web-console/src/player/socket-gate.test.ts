/** A wall of tiles opens its sockets a few at a time, in order, and none of them can hold up the others. */
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { LiveSocket } from './live-session.ts'
import { createSocketGate } from './socket-gate.ts'

class FakeSocket implements LiveSocket {
  binaryType: BinaryType = 'blob'
  onopen: LiveSocket['onopen'] = null
  onmessage: LiveSocket['onmessage'] = null
  onclose: LiveSocket['onclose'] = null
  closed = false
  readonly url: string
  readonly sent: string[] = []
  constructor(url: string) {
    this.url = url
  }
  send(data: string): void {
    this.sent.push(data)
  }
  close(): void {
    this.closed = true
  }
}

function setUp() {
  const opened: FakeSocket[] = []
  const open = createSocketGate(url => {
    if (url === 'bad') throw new Error('no address')
    const socket = new FakeSocket(url)
    opened.push(socket)
    return socket
  }, 2)
  return { open, opened, urls: () => opened.map(({ url }) => url) }
}

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

it('lets the next one connect when one is open or has failed, in the order of asking', () => {
  const { open, opened, urls } = setUp()
  for (const url of ['a', 'b', 'c', 'd', 'e']) open(url)
  expect(urls()).toEqual(['a', 'b'])
  opened[1]?.onopen?.()
  expect(urls()).toEqual(['a', 'b', 'c'])
  opened[0]?.onclose?.()
  expect(urls()).toEqual(['a', 'b', 'c', 'd'])
  // An open one that closes later gives its place back once only.
  opened[1]?.onclose?.()
  expect(urls()).toEqual(['a', 'b', 'c', 'd'])
})

it('passes everything on, both ways', () => {
  const { open, opened } = setUp()
  const socket = open('a')
  const heard: unknown[] = []
  socket.onopen = () => heard.push('open')
  socket.onmessage = ({ data }) => heard.push(data)
  socket.onclose = () => heard.push('close')
  opened[0]?.onopen?.()
  socket.send('ticket')
  opened[0]?.onmessage?.({ data: 'init' })
  opened[0]?.onclose?.()
  expect(heard).toEqual(['open', 'init', 'close'])
  expect(opened[0]).toMatchObject({ sent: ['ticket'], binaryType: 'arraybuffer' })
})

it('never opens what was closed while it waited, and closes what was connecting', () => {
  const { open, opened, urls } = setUp()
  const [first, , third] = [open('a'), open('b'), open('c'), open('d')]
  third?.close()
  first?.close()
  expect(opened[0]?.closed).toBe(true)
  expect(urls()).toEqual(['a', 'b', 'd'])
})

it('waits a second at most for a worker that does not answer', () => {
  const { open, opened, urls } = setUp()
  for (const url of ['a', 'b', 'c', 'd', 'e']) open(url)
  vi.advanceTimersByTime(1000)
  expect(urls()).toEqual(['a', 'b', 'c', 'd'])
  // The late answer is heard, but gives no second place away.
  opened[0]?.onopen?.()
  expect(urls()).toHaveLength(4)
})

it('tells of an address that cannot be opened as of a closed socket', async () => {
  const { open, urls } = setUp()
  const bad = open('bad')
  const closed = vi.fn()
  bad.onclose = closed
  await vi.advanceTimersByTimeAsync(0)
  expect(closed).toHaveBeenCalledOnce()
  open('a')
  open('b')
  expect(urls()).toEqual(['a', 'b'])
})
