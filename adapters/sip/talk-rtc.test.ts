/** Strangers at an operator's UDP port, ports that close with their calls, and a WebRTC thread that fails: no call notices. */
import { randomBytes } from 'node:crypto'
import { createSocket, type Socket } from 'node:dgram'
import { afterEach, expect, it } from 'vitest'
import { until } from '../../gateway/testing/wait.ts'
import { TalkRtc } from './talk-rtc.ts'

const OFFER = [
  ...['v=0', 'o=- 1 2 IN IP4 127.0.0.1', 's=-', 't=0 0', 'm=audio 9 UDP/TLS/RTP/SAVPF 8 0', 'a=ice-ufrag:Ab+/'],
  ...['a=ice-pwd:abcdefghijklmnopqrstuvwx', `a=fingerprint:sha-256 ${'AB:'.repeat(31)}CD`, 'a=setup:actpass'],
  ...['a=mid:0', 'a=sendrecv', '']
].join('\r\n')
const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

function start() {
  const rtc = new TalkRtc({ ports: { from: 0, to: 0 }, addresses: [], giveUpMs: 2_000 })
  cleanups.push(() => rtc.stop())
  const ended: string[] = []
  const open = async (offer = OFFER) => {
    let sdp = ''
    const connection = rtc.open(offer, '127.0.0.1', {
      answer: text => {
        sdp = text
      },
      connected: () => ended.push('connected'),
      said: () => ended.push('said'),
      ended: reason => void ended.push(reason)
    })
    if (!connection) return undefined
    await until('an answer', () => sdp !== '')
    return { connection, sdp, port: Number(/127\.0\.0\.1 (\d+) typ host/.exec(sdp)?.[1]) }
  }
  return { rtc, ended, open }
}
const isFree = (port: number): Promise<boolean> =>
  new Promise(resolve => {
    const socket = createSocket('udp4')
    socket.once('error', () => resolve(false))
    socket.bind(port, '127.0.0.1', () => socket.close(() => resolve(true)))
  })
async function stranger(): Promise<{ readonly socket: Socket; readonly heard: Buffer[] }> {
  const socket = createSocket('udp4')
  const heard: Buffer[] = []
  socket.on('message', bytes => heard.push(bytes))
  await new Promise<void>(resolve => socket.bind(0, '127.0.0.1', resolve))
  cleanups.push(() => socket.close())
  return { socket, heard }
}

it('answers nobody who does not know both names, and sends to nobody that an offer names', async () => {
  const { open, ended } = start()
  const { socket, heard } = await stranger()
  const pointed = `a=candidate:1 1 udp 2113937151 127.0.0.1 ${socket.address().port} typ host\r\n`
  const opened = await open(OFFER + pointed)
  if (!opened) throw new Error('not opened')
  const ufrag = /a=ice-ufrag:(\S+)/.exec(opened.sdp)?.[1] ?? ''
  const send = (bytes: Buffer) => new Promise<void>(done => socket.send(bytes, opened.port, '127.0.0.1', () => done()))
  for (let n = 0; n < 500; n++) await send(randomBytes(1 + (n % 200)))
  for (const name of ['', 'x', `${ufrag}:`, `${ufrag}:other`, ':']) await send(binding(name))
  // Asked again as STUN clients do: the socket may still be full of the noise.
  await until('an answer to the right names', async () => {
    await send(binding(`${ufrag}:Ab+/`))
    return heard.length > 0
  })
  expect(heard[0]?.readUInt16BE(0)).toBe(0x0101)
  expect(ended).toEqual([])
})

it('closes its port with the connection, has so many at once, and opens the next', async () => {
  const { rtc, open } = start()
  const first = await open()
  if (!first) throw new Error('not opened')
  expect(await isFree(first.port)).toBe(false)
  first.connection.close()
  await until('the port is closed', () => isFree(first.port))
  const nothing = { answer: () => {}, connected: () => {}, said: () => {}, ended: () => {} }
  const many = Array.from({ length: 33 }, () => rtc.open(OFFER, '127.0.0.1', nothing))
  expect([many[31] === undefined, many[32]]).toEqual([false, undefined])
  many[0]?.close()
  expect(rtc.open(OFFER, '127.0.0.1', nothing)).toBeDefined()
  expect([rtc.open('v=0', '127.0.0.1', nothing), rtc.open(OFFER, '', nothing)]).toEqual([undefined, undefined])
})

it('tells its connections when the thread fails, and the next one starts it again', async () => {
  const { open, ended } = start()
  const first = await open()
  if (!first) throw new Error('not opened')
  // Stands for whatever makes a library throw.
  first.connection.hear(null as never)
  await until('it is told', () => ended.length > 0)
  expect(ended).toEqual([expect.stringContaining('the WebRTC thread failed')])
  expect(await isFree(first.port)).toBe(true)
  expect((await open())?.port).toBeGreaterThan(0)
})

/** A STUN binding request (RFC 8489) with a name, a priority, the controlling role and no integrity. */
function binding(name: string): Buffer {
  const attribute = (type: number, value: Buffer): Buffer => {
    const head = Buffer.alloc(4)
    head.writeUInt16BE(type)
    head.writeUInt16BE(value.length, 2)
    return Buffer.concat([head, value, Buffer.alloc((4 - (value.length % 4)) % 4)])
  }
  const body = Buffer.concat([
    attribute(0x0006, Buffer.from(name)),
    attribute(0x0024, Buffer.from([110, 0, 30, 255])),
    attribute(0x802a, randomBytes(8))
  ])
  const head = Buffer.alloc(20)
  head.writeUInt16BE(0x0001)
  head.writeUInt16BE(body.length, 2)
  head.writeUInt32BE(0x2112a442, 4)
  randomBytes(12).copy(head, 8)
  return Buffer.concat([head, body])
}
