/** By which way an operator speaks: WebRTC when it is there within two seconds, the WebSocket before, otherwise and afterwards. */
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { WayChosen } from '../../gateway/core/voice.ts'
import type { TalkPacket } from './talk-messages.ts'
import type { TalkEvents } from './talk-rtc.ts'
import { LOST_MS, TalkWay } from './talk-way.ts'

const GIVE_UP_MS = 2_000
beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

function start({ off = false, refuses = false } = {}) {
  const seen = { words: [] as object[], said: [] as string[], chosen: [] as WayChosen[], heard: [] as TalkPacket[] }
  const state = { closed: 0 }
  let events: TalkEvents | undefined
  const connection = { hear: (packet: TalkPacket) => void seen.heard.push(packet), close: () => void state.closed++ }
  const open = (_: string, given: TalkEvents) => {
    events = given
    return refuses ? undefined : connection
  }
  const way = new TalkWay({
    giveUpMs: GIVE_UP_MS,
    open: off ? undefined : open,
    say: message => void seen.words.push(message),
    said: (payload, law) => void seen.said.push(`${law} ${payload[0]}`),
    chosen: chosen => void seen.chosen.push(chosen)
  })
  return { way, seen, state, events: () => events as TalkEvents }
}
const packet = (sequence: number, payloadType: number, byte: number, bytes = 160): TalkPacket => ({
  ...{ sequence, payloadType, timestamp: sequence * 160, payload: Buffer.alloc(bytes, byte) }
})

it('is WebRTC once that is connected; both laws pass as they are, late and foreign packets do not', () => {
  const { way, seen, events } = start()
  way.offered('sdp')
  events().answer('answer')
  events().said(packet(1, 8, 1))
  expect([way.isUp, seen.said]).toEqual([false, []])
  events().connected()
  expect(way.isUp).toBe(true)
  for (const each of [packet(10, 8, 2), packet(9, 8, 3), packet(10, 8, 4), packet(11, 0, 5), packet(12, 111, 6)])
    events().said(each)
  events().said(packet(13, 8, 7, 320))
  events().said(packet(14, 8, 8, 1_600))
  expect(seen.said).toEqual(['alaw 2', 'ulaw 5', 'alaw 7', 'alaw 7'])
  way.relay({ ...packet(500, 0, 9), marker: false, ssrc: 3, payload: Buffer.alloc(160, 9) }, 'ulaw')
  way.hear(Buffer.alloc(160, 10))
  expect(seen.heard.map(({ payloadType, payload }) => [payloadType, payload[0]])).toEqual([
    [0, 9],
    [8, 10]
  ])
  expect((seen.heard[1]?.sequence ?? 0) - (seen.heard[0]?.sequence ?? 0)).toBe(1)
  expect(seen.chosen).toEqual([{ way: 'webrtc' }])
  expect(seen.words).toEqual([
    { type: 'answer', sdp: 'answer' },
    { type: 'way', way: 'webrtc' }
  ])
})

it.each([
  ['is switched off', { off: true }, 'off', 0],
  ['is not offered', {}, 'noOffer', GIVE_UP_MS],
  ['offers nothing that we speak', { refuses: true }, 'noOffer', 0]
])('is the WebSocket where WebRTC %s', (_, given, why, afterMs) => {
  const { way, seen } = start(given)
  if ('refuses' in given) way.offered('sdp')
  vi.advanceTimersByTime(Math.max(0, afterMs - 1))
  expect(seen.chosen).toEqual(afterMs === 0 ? [{ way: 'websocket', why }] : [])
  vi.advanceTimersByTime(1)
  expect([seen.chosen, way.isUp]).toEqual([[{ way: 'websocket', why }], false])
})

it('is the WebSocket for good after two seconds without a connection, which is closed', () => {
  const { way, seen, state, events } = start()
  vi.advanceTimersByTime(1_500)
  way.offered('sdp')
  vi.advanceTimersByTime(GIVE_UP_MS - 1)
  expect(seen.chosen).toEqual([])
  vi.advanceTimersByTime(1)
  expect([seen.chosen, state.closed]).toEqual([[{ way: 'websocket', why: 'late' }], 1])
  events().connected()
  way.offered('again')
  expect([seen.chosen.length, way.isUp]).toEqual([1, false])
})

it('is the WebSocket again when WebRTC is lost in the call', () => {
  const { way, seen, events } = start()
  way.offered('sdp')
  events().connected()
  events().ended('ice disconnected')
  expect([way.isUp, seen.words.at(-1)]).toEqual([false, { type: 'way', way: 'websocket' }])
  events().said(packet(1, 8, 1))
  vi.advanceTimersByTime(LOST_MS)
  expect(seen.chosen).toEqual([{ way: 'webrtc' }, { way: 'websocket', why: 'lost' }])
  expect(seen.said).toEqual([])
})

it('is lost too when nothing more comes; a browser that sends is not', () => {
  const { way, seen, state, events } = start()
  way.offered('sdp')
  events().connected()
  for (let n = 0; n < 10; n++) {
    vi.advanceTimersByTime(GIVE_UP_MS - 1)
    events().said(packet(n, 8, 1))
  }
  expect([way.isUp, state.closed]).toEqual([true, 0])
  vi.advanceTimersByTime(GIVE_UP_MS + LOST_MS)
  expect([way.isUp, state.closed, seen.chosen.at(-1)]).toEqual([false, 1, { way: 'websocket', why: 'lost' }])
})

it('has lost nothing where the page hangs up, which ends WebRTC a moment sooner', () => {
  const { way, seen, events } = start()
  way.offered('sdp')
  events().connected()
  events().ended('dtls closed')
  vi.advanceTimersByTime(LOST_MS - 1)
  way.close()
  vi.advanceTimersByTime(LOST_MS)
  expect(seen.chosen).toEqual([{ way: 'webrtc' }])
})

it('is silent after its end', () => {
  const { way, seen, state, events } = start()
  way.offered('sdp')
  way.close()
  events().connected()
  events().ended('closed')
  vi.advanceTimersByTime(GIVE_UP_MS)
  expect([seen.chosen, state.closed]).toEqual([[], 1])
})
