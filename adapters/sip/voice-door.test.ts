/** An open call heard at consoles: what the telephone says comes as it was said, against a ticket that opens once, for few at a time, until the call or the session ends. */
import { execFileSync } from 'node:child_process'
import { afterEach, describe, expect, it } from 'vitest'
import WebSocket from 'ws'
import { id, type UserId } from '../../gateway/core/brand.ts'
import type { TicketGrant } from '../../gateway/core/media.ts'
import type { HearMode, VoiceRecording } from '../../gateway/core/voice.ts'
import { tempDir } from '../../gateway/testing/temp-dir.ts'
import { until } from '../../gateway/testing/wait.ts'
import { ULAW_TO_ALAW } from '../kit/g711.ts'
import { silentCrowd } from '../kit/testing-crowd.ts'
import { Audience } from './audience.ts'
import { createTelephone } from './simulator.ts'
import { startAdapter } from './testing.ts'
import { VoiceDoor } from './voice-door.ts'

const LIN = id<UserId>('u-lin')
const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

const noise = (seconds: number) =>
  execFileSync('ffmpeg', [
    ...['-v', 'error', '-f', 'lavfi', '-i', `anoisesrc=d=${seconds}:r=8000:a=0.5`, '-ac', '1', '-f', 'alaw', '-']
  ])

/** A call under way, until it is hung up here where no time is given: what is said, and tickets for it. */
async function call(seconds: number, hangUpAfterMs = 120_000) {
  const begun: VoiceRecording[] = []
  const voice = { dir: tempDir('door'), begin: (each: VoiceRecording) => void begun.push(each), end: async () => {} }
  const { server, voice: lines, stop } = await startAdapter({}, { voice })
  cleanups.push(stop)
  const telephone = await createTelephone({ server, number: '6650147', asserted: true })
  cleanups.push(() => telephone.close())
  const said = noise(seconds)
  const { ended, hangUp } = await telephone.press({ says: said, hangUpAfterMs })
  const recording = await until('it is recorded', () => begun[0])
  const ticket = (mode: HearMode = 'live', user = LIN) =>
    until('a ticket', () => lines?.ticket(recording.id, mode, user))
  return { said, ended, hangUp, lines, recording, ticket }
}

/** A console without a page. */
function console_(ticket: Pick<TicketGrant, 'port' | 'path' | 'ticket'>, origin?: string) {
  const socket = new WebSocket(`ws://127.0.0.1:${ticket.port}${ticket.path}`, origin === undefined ? {} : { origin })
  const heard: Buffer[] = []
  const words: unknown[] = []
  socket.on('open', () => socket.send(JSON.stringify({ ticket: ticket.ticket })))
  socket.on('message', (data: Buffer, isBinary) => {
    if (isBinary) heard.push(data)
    else words.push(JSON.parse(data.toString()))
  })
  socket.on('error', () => {})
  cleanups.push(() => socket.terminate())
  const closed = new Promise<number>(resolve => socket.once('close', resolve))
  return { socket, words, closed, heard: () => Buffer.concat(heard) }
}

describe('a console', () => {
  it('hears from now on what is said, until the call ends', async () => {
    const { said, ticket, hangUp } = await call(60)
    const before = console_(await ticket('first'))
    await until('something has been said already', () => before.heard().length > 4_000)
    const lin = console_(await ticket())
    await until('a second was heard', () => lin.heard().length > 8_000)
    hangUp()
    expect(await lin.closed).toBe(1000)
    expect(lin.words).toEqual([{ type: 'open' }, { type: 'ended', why: 'over' }])
    // A piece of what was said, and not its beginning.
    expect(said.indexOf(lin.heard())).toBeGreaterThan(0)
  })

  it('that asks for the beginning hears it at once, also when it comes late', async () => {
    const { said, ticket } = await call(12, 12_500)
    const soon = console_(await ticket('first'))
    await until('a second was heard', () => soon.heard().length > 8_000)
    const late = console_(await ticket('first'))
    // At the pace of speech it would stay a second behind to the end.
    await until('it has caught up', () => late.heard().length > soon.heard().length - 4_000)
    expect(soon.heard().length).toBeLessThan(80_000)
    expect(said.subarray(0, late.heard().length).equals(late.heard())).toBe(true)
    expect(await soon.closed).toBe(1000)
    expect(soon.words.at(-1)).toEqual({ type: 'ended', why: 'first' })
    expect(said.subarray(0, 80_000).equals(soon.heard())).toBe(true)
  })

  it('without a good ticket, of another page, or the fifth at one call is turned away', async () => {
    const { ticket, lines, recording, ended, hangUp } = await call(1)
    const good = await ticket()
    const first = console_(good)
    await until('it hears', () => first.words.length > 0)
    expect(await console_(good).closed).toBe(4403)
    expect(await console_({ ...good, ticket: 'guessed-guessed-guessed' }).closed).toBe(4403)
    expect(await console_(await ticket(), 'https://elsewhere.example').closed).toBe(1006)
    const seats: ReturnType<typeof console_>[] = []
    for (let n = 0; n < 3; n += 1) seats.push(console_(await ticket()))
    await until('four hear', () => seats.every(each => each.words.length > 0))
    expect(await console_(await ticket()).closed).toBe(1013)
    hangUp()
    await ended
    await until('no ticket for a call that is over', () => lines?.ticket(recording.id, 'live', LIN) === undefined)
  })

  it('is cut off with its session; a ticket from before opens nothing', async () => {
    const { ticket, lines } = await call(1)
    const lin = console_(await ticket())
    const other = console_(await ticket('live', id<UserId>('u-chen')))
    const unused = await ticket()
    await until('both hear', () => lin.words.length > 0 && other.words.length > 0)
    lines?.endUser(LIN)
    expect(await lin.closed).toBe(4401)
    expect(await console_(unused).closed).toBe(4403)
    expect(other.socket.readyState).toBe(WebSocket.OPEN)
  })
})

it.each([
  ['from three addresses', 3],
  ['from twelve, which fill every place', 12]
])('strangers %s who show no ticket take no place of a console, however they close', async (_from, addresses) => {
  const audience = new Audience()
  const door = new VoiceDoor({
    port: 0,
    address: '127.0.0.1',
    audience: () => audience,
    hungUp: () => {},
    way: () => {}
  })
  cleanups.push(() => door.close())
  const port = await door.open()
  const silent = Array.from({ length: 96 }, (_, n) => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}/`, { localAddress: `127.0.0.${2 + (n % addresses)}` })
    socket.on('error', () => {})
    cleanups.push(() => socket.terminate())
    return new Promise(resolve => socket.once('open', resolve).once('close', resolve))
  })
  await Promise.all(silent)
  door.admit({ ticket: 'good-good-good', line: 'voice-1', mode: 'live', user: 'u-lin' })
  const lin = console_({ port, path: '/', ticket: 'good-good-good' })
  await until('it hears', () => lin.words.length > 0)
  expect(lin.words).toEqual([{ type: 'open' }])
})

it('µ-law is heard as A-law, a short loss as silence, a late packet not at all', () => {
  const audience = new Audience()
  const heard: Buffer[] = []
  audience.add({ hear: step => void heard.push(step), over: () => {} }, false)
  const packet = (sequence: number, byte: number) => ({
    ...{ payloadType: 0, marker: false, timestamp: 0, ssrc: 1, sequence },
    payload: Buffer.alloc(160, byte)
  })
  for (const [sequence, byte] of [
    [65_534, 0x10],
    [65_535, 0x20],
    [1, 0x30],
    [0, 0x40]
  ] as const)
    audience.heard(packet(sequence, byte), 'ulaw')
  const expected = [0x10, 0x20, undefined, 0x30].map(byte => (byte === undefined ? 0xd5 : ULAW_TO_ALAW[byte]))
  expect(heard.map(step => step[0])).toEqual(expected)
})

it('nor do silent connections that hold every place of the port', async () => {
  const audience = new Audience()
  const door = new VoiceDoor({ port: 0, address: '127.0.0.1', audience: () => audience, hungUp() {}, way() {} })
  cleanups.push(() => door.close())
  const port = await door.open()
  const crowds = await Promise.all([66, 67, 68, 69].map(n => silentCrowd(port, 128, `127.0.0.${n}`)))
  for (const crowd of crowds) cleanups.push(crowd.end)
  door.admit({ ticket: 'good-good-good', line: 'voice-1', mode: 'live', user: 'u-lin' })
  const lin = console_({ port, path: '/', ticket: 'good-good-good' })
  await until('it hears', () => lin.words.length > 0)
  expect(crowds.reduce((sum, { closed }) => sum + closed, 0)).toBe(1)
})
