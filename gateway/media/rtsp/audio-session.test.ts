/** Sessions with sound against a camera written out line by line: the sound comes along, and never costs the picture. */
import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { systemTestClock } from '../../testing/fake-host.ts'
import { until } from '../../testing/wait.ts'
import type { SessionTracks } from './sdp.ts'
import { RtspSession } from './session.ts'

const SDP = [
  'v=0',
  'm=video 0 RTP/AVP 96',
  'a=rtpmap:96 H264/90000',
  'a=control:track1',
  'm=audio 0 RTP/AVP 8',
  'a=control:track2'
].join('\r\n')

type AudioAnswer = 'granted' | 'refused' | 'sameChannels' | 'closes'
let stops: (() => unknown)[] = []

afterEach(() => {
  for (const stop of stops) stop()
  stops = []
})

async function camera(audioAnswer: AudioAnswer): Promise<{ url: string; asked: string[] }> {
  const asked: string[] = []
  const sockets = new Set<Socket>()
  const server = createServer(socket => {
    sockets.add(socket)
    socket.on('error', () => {})
    socket.on('data', data => {
      for (const request of data
        .toString('latin1')
        .split('\r\n\r\n')
        .filter(text => /^[A-Z]/.test(text))) {
        const [first = ''] = request.split(' RTSP/')
        asked.push(first.replace(/rtsp:.*\/live\/?/, ''))
        answer(socket, first, /^CSeq: *(\d+)/im.exec(request)?.[1] ?? '', audioAnswer)
      }
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  stops.push(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return { url: `rtsp://127.0.0.1:${(server.address() as AddressInfo).port}/live`, asked }
}

function answer(socket: Socket, first: string, cseq: string, audioAnswer: AudioAnswer): void {
  const reply = (status: string, headers = '', body = ''): void =>
    void socket.write(`RTSP/1.0 ${status}\r\nCSeq: ${cseq}\r\n${headers}\r\n${body}`)
  const transport = (channels: string): string =>
    `Session: 7\r\nTransport: RTP/AVP/TCP;unicast;interleaved=${channels}\r\n`
  if (first.startsWith('DESCRIBE')) reply('200 OK', `Content-Length: ${SDP.length}\r\n`, SDP)
  else if (first.endsWith('track1')) reply('200 OK', transport('0-1'))
  else if (first.endsWith('track2')) {
    if (audioAnswer === 'closes') socket.destroy()
    else if (audioAnswer === 'refused') reply('404 Not Found')
    else reply('200 OK', transport(audioAnswer === 'granted' ? '2-3' : '0-1'))
  } else {
    reply('200 OK')
    if (first.startsWith('PLAY')) for (const channel of [0, 2]) socket.write(frame(channel))
  }
}

function frame(channel: number): Buffer {
  return Buffer.concat([Buffer.from([0x24, channel, 0, 13, 0x80, channel === 0 ? 96 : 8]), Buffer.alloc(11, channel)])
}

async function play(audioAnswer: AudioAnswer, audio: boolean) {
  const { url, asked } = await camera(audioAnswer)
  const abort = new AbortController()
  const packets = new Set<string>()
  let tracks: SessionTracks | undefined
  const session = new RtspSession(
    { url, audio, clock: systemTestClock },
    {
      playing: given => (tracks = given),
      packet: track => packets.add(track),
      senderReport() {},
      firstSeen() {},
      fault() {}
    }
  )
  const running = session.run(abort.signal)
  await until('the picture', () => packets.has('video'))
  await until('the sound, if any', () => packets.has('audio') || tracks?.audio === undefined)
  abort.abort()
  await running
  return { asked, packets: [...packets], audio: tracks?.audio }
}

describe('a session with sound', () => {
  it('sets up both tracks in one session and keeps their packets apart', async () => {
    const { asked, packets, audio } = await play('granted', true)
    expect(packets).toEqual(['video', 'audio'])
    expect(audio).toMatchObject({ encoding: 'pcma', clockRate: 8000 })
    expect(asked.filter(request => request.startsWith('SETUP'))).toEqual(['SETUP track1', 'SETUP track2'])
  })

  it('does not ask for the sound where it is not wanted', async () => {
    const { asked, packets } = await play('granted', false)
    expect(packets).toEqual(['video'])
    expect(asked.join()).not.toContain('track2')
  })

  it.each(['refused', 'sameChannels'] as const)('plays the picture when the sound is %s', async audioAnswer => {
    const { packets, audio } = await play(audioAnswer, true)
    expect([packets, audio]).toEqual([['video'], undefined])
  })

  it('plays the picture from a camera that goes away over the sound', async () => {
    const { asked, packets } = await play('closes', true)
    expect(packets).toEqual(['video'])
    expect(asked.filter(request => request === 'SETUP track2')).toHaveLength(1)
  })
})
