/** The simulated cameras against independent peers: ffprobe and ffmpeg by RTSP, onvif-util by WS-Discovery and ONVIF. */
import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { promisify } from 'node:util'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { tempDir } from '../../gateway/testing/temp-dir.ts'
import { until } from '../../gateway/testing/wait.ts'
import { formatAuthorization, parseChallenge } from '../kit/digest.ts'
import { splitAnnexB } from './simulator/loop.ts'
import { packetise, writeRun } from './simulator/packets.ts'
import { preventEmulation, STAMP_UUID, stampNal } from './simulator/stamp.ts'
import { LOGIN, type RunningTown, runOnvifUtil, startTown } from './testing.ts'

const run = promisify(execFile)
let town: RunningTown
let folder: string

beforeAll(async () => {
  town = await startTown([{}, {}, {}, { number: 7, codec: 'h265' }, { number: 17 }], {
    discovery: false
  })
  folder = tempDir('onvif-sim')
})
afterAll(() => town.stop())

const url = (camera: number, stream: string, password: string = LOGIN.password) =>
  `rtsp://${LOGIN.username}:${password}@127.0.0.1:${town.rtspPort}/camera/${camera}/${stream}`

interface Stamp {
  readonly wallMs: number
  readonly frame: number
  readonly camera: number
}

/** Undoes emulation prevention as a decoder does (H.264 7.3.1, H.265 7.3.1.1), then reads the stamp behind the NAL header. */
function readStamps(file: string, codec: 'h264' | 'h265' = 'h264'): Stamp[] {
  const [isStamp, header] =
    codec === 'h264' ? [(first: number) => first % 32 === 6, 1] : [(first: number) => ((first >> 1) & 0x3f) === 39, 2]
  return splitAnnexB(readFileSync(file))
    .filter(nal => isStamp(nal[0] ?? 0))
    .map(nal => {
      const raw = removePrevention(nal).subarray(header)
      expect(raw.toString('latin1', 2, 18)).toBe(STAMP_UUID)
      return { wallMs: Number(raw.readBigUInt64BE(18)), frame: raw.readUInt32BE(26), camera: raw.readUInt16BE(30) }
    })
}

function removePrevention(nal: Buffer): Buffer {
  return Buffer.from([...nal].filter((byte, i) => !(byte === 3 && i >= 2 && nal[i - 1] === 0 && nal[i - 2] === 0)))
}

interface Interleaved {
  readonly channel: number
  readonly data: Buffer
}

/** Plays over TCP by hand and gives the first interleaved frames. */
async function readInterleaved(camera: number, stream: string): Promise<Interleaved[]> {
  const socket = connect(town.rtspPort, '127.0.0.1')
  let rest = Buffer.alloc(0)
  socket.on('data', chunk => {
    rest = Buffer.concat([rest, chunk])
  })
  const base = `rtsp://127.0.0.1:${town.rtspPort}/camera/${camera}/${stream}`
  let cseq = 0
  let session = ''
  let authorization = ''
  const ask = async (method: string, uri: string, extra = ''): Promise<string> => {
    socket.write(`${method} ${uri} RTSP/1.0\r\nCSeq: ${++cseq}\r\n${session}${authorization}${extra}\r\n`)
    await until(`answer to ${method}`, () => rest.includes('\r\n\r\n'))
    const end = rest.indexOf('\r\n\r\n') + 4
    const head = rest.subarray(0, end).toString()
    const length = Number(/Content-Length: (\d+)/.exec(head)?.[1] ?? 0)
    await until('body', () => rest.length >= end + length)
    rest = rest.subarray(end + length)
    return head
  }
  const authorize = (header: string, method: string, uri: string): void => {
    const challenge = parseChallenge(/WWW-Authenticate: (.*)\r\n/.exec(header)?.[1] ?? '')
    if (!challenge) throw new Error('no challenge')
    authorization = `Authorization: ${formatAuthorization(challenge, { ...LOGIN, method, uri, cnonce: '', count: 1 })}\r\n`
  }
  const setUp = 'Transport: RTP/AVP/TCP;unicast;interleaved=0-1\r\n'
  const challenge = await ask('SETUP', `${base}/trackID=0`, setUp)
  authorize(challenge, 'SETUP', `${base}/trackID=0`)
  const answer = await ask('SETUP', `${base}/trackID=0`, setUp)
  session = `Session: ${/Session: (\w+)/.exec(answer)?.[1]}\r\n`
  authorize(challenge, 'PLAY', base)
  await ask('PLAY', base)
  await until('some pictures', () => rest.length > 30_000)
  socket.destroy()
  const frames: Interleaved[] = []
  for (let at = 0; at + 4 < rest.length; ) {
    const end = at + 4 + rest.readUInt16BE(at + 2)
    if (end <= rest.length) frames.push({ channel: rest[at + 1] ?? 0, data: rest.subarray(at + 4, end) })
    at = end
  }
  return frames
}

describe('RTSP', () => {
  it.each(['tcp', 'udp'])('is read by ffprobe and ffmpeg without a complaint, over %s', async transport => {
    const input = ['-rtsp_transport', transport, '-i', url(2, 'sub')]
    const fields = ['-show_entries', 'stream=codec_name,width,height,has_b_frames', '-of', 'csv=p=0']
    const probed = await run('ffprobe', ['-v', 'error', ...fields, ...input])
    expect(probed).toMatchObject({ stdout: 'h264,640,360,0\n', stderr: '' })
    const file = join(folder, `${transport}.h264`)
    const startedMs = Date.now()
    const output = ['-t', '3', '-c', 'copy', '-f', 'h264', file, '-t', '3', '-f', 'null', '-']
    expect((await run('ffmpeg', ['-v', 'error', ...input, ...output])).stderr).toBe('')
    const stamps = readStamps(file)
    expect(stamps.length).toBeGreaterThanOrEqual(40)
    for (const [i, stamp] of stamps.entries()) {
      expect(stamp).toMatchObject({ camera: 2, frame: (stamps[0]?.frame ?? 0) + i })
      if (i > 0) expect(Math.abs(stamp.wallMs - (stamps[i - 1]?.wallMs ?? 0) - 1000 / 15)).toBeLessThanOrEqual(1)
    }
    expect(stamps[0]?.wallMs).toBeGreaterThan(startedMs - 100)
    expect(stamps.at(-1)?.wallMs).toBeLessThanOrEqual(Date.now())
  })

  it('sends H.265 that ffprobe and ffmpeg read without a complaint, stamped', async () => {
    const input = ['-rtsp_transport', 'tcp', '-i', url(7, 'main')]
    const fields = ['-show_entries', 'stream=codec_name,width,height,has_b_frames', '-of', 'csv=p=0']
    const probed = await run('ffprobe', ['-v', 'error', ...fields, ...input])
    expect(probed).toMatchObject({ stdout: 'hevc,1280,720,0\n', stderr: '' })
    const file = join(folder, 'town.h265')
    const output = ['-t', '3', '-c', 'copy', '-f', 'hevc', file, '-t', '3', '-f', 'null', '-']
    expect((await run('ffmpeg', ['-v', 'error', ...input, ...output])).stderr).toBe('')
    const stamps = readStamps(file, 'h265')
    expect(stamps.length).toBeGreaterThanOrEqual(40)
    for (const [i, stamp] of stamps.entries())
      expect(stamp).toMatchObject({ camera: 7, frame: (stamps[0]?.frame ?? 0) + i })
  })

  it('runs over the seam of the loop: presentation times stay even, and the sound stays in step', async () => {
    const args = [
      '-v',
      'error',
      '-rtsp_transport',
      'tcp',
      '-read_intervals',
      '%+13',
      '-show_entries',
      'packet=stream_index,pts_time,duration_time',
      '-of',
      'csv=p=0'
    ]
    const { stdout, stderr } = await run('ffprobe', [...args, url(17, 'sub')])
    const packets = stdout
      .trim()
      .split('\n')
      .map(line => line.split(',').map(Number))
    const timesOf = (stream: number) =>
      packets.flatMap(([index, time]) => (index === stream && time !== undefined && !Number.isNaN(time) ? [time] : []))
    const [times, sound] = [timesOf(0), timesOf(1)]
    expect(stderr).toBe('')
    expect(sound.length).toBeGreaterThan(12.2 * 15)
    // A packet of sound is as long as a picture, to a sample of 1/8000 s.
    for (const [i, time] of sound.entries())
      expect(Math.abs(time - (sound[0] ?? 0) - i / 15)).toBeLessThanOrEqual(1.01 / 8000)
    expect(times.length).toBeGreaterThan(12.2 * 15)
    for (const [i, time] of times.entries()) if (i > 0) expect(time - (times[i - 1] ?? 0)).toBeCloseTo(1 / 15, 3)
  })

  it('says by sender reports which wall-clock time a time stamp stands for', async () => {
    const frames = await readInterleaved(2, 'main')
    const report = frames.find(frame => frame.channel === 1)?.data
    expect(report?.readUInt8(1)).toBe(200)
    const reportMs =
      ((report?.readUInt32BE(8) ?? 0) - 2_208_988_800) * 1000 + ((report?.readUInt32BE(12) ?? 0) / 2 ** 32) * 1000
    const stamps = frames.filter(frame => frame.channel === 0 && frame.data[12] === 6)
    expect(stamps.length).toBeGreaterThan(1)
    for (const { data } of stamps) {
      const ticks = (data.readUInt32BE(4) - (report?.readUInt32BE(16) ?? 0)) | 0
      const wallMs = Number(removePrevention(data.subarray(12)).readBigUInt64BE(19))
      expect(Math.abs(wallMs - reportMs - ticks / 90)).toBeLessThan(2)
    }
  })

  it('refuses a wrong password, an unknown camera, and everything while the fault says so', async () => {
    const probe = (address: string) => run('ffprobe', ['-v', 'error', '-rtsp_transport', 'tcp', address])
    await expect(probe(url(1, 'main', 'wrong'))).rejects.toThrow('401')
    await expect(probe(url(9, 'main'))).rejects.toThrow('404')
    town.fault(1, 'refuse')
    await expect(probe(url(1, 'main'))).rejects.toThrow('401')
    town.fault(1, 'cut')
    await expect(probe(url(1, 'main'))).rejects.toThrow()
    town.fault(1, 'none')
    expect((await probe(url(1, 'main'))).stderr).toBe('')
  })

  it('ends running sessions when the line is cut', async () => {
    const watching = run('ffmpeg', ['-v', 'info', '-rtsp_transport', 'tcp', '-i', url(3, 'sub'), '-f', 'null', '-'])
    let log = ''
    watching.child.stderr?.on('data', chunk => {
      log += chunk
    })
    await until('ffmpeg decodes', () => /frame=\s*[1-9]/.test(log))
    town.fault(3, 'cut')
    await watching
    town.fault(3, 'none')
  })
})

describe('ONVIF', () => {
  it('is found and read by onvif-util, which takes no wrong password', async () => {
    const { found, read, refused } = await runOnvifUtil()
    expect(found).toContain('Found 2 cameras')
    expect(found).toContain('人民路口东南')
    expect(found).toContain('粮库北墙 红外')
    expect(read).toMatch(/serial:\s*202611220000000\d{5}/)
    expect(read).toMatch(/Token 0: main\s+Token 1: sub/)
    expect(read).toMatch(/rtsp:\/\/127\.0\.0\.1:\d+\/camera\/[12]\/sub/)
    expect(read).toMatch(/event_service:.*\/onvif\/event_service/)
    expect(refused).toContain('NotAuthorized')
  })

  it('shows its snapshot by digest only', async () => {
    const address = `http://127.0.0.1:${town.httpPort}/camera/1/snapshot.jpg`
    expect((await fetch(address)).status).toBe(401)
    const args = ['-s', '--digest', '-u', `${LOGIN.username}:${LOGIN.password}`, address]
    const { stdout } = await run('curl', args, { encoding: 'buffer', maxBuffer: 1e6 })
    expect(stdout.subarray(0, 3).toString('hex')).toBe('ffd8ff')
  })
})

describe('packets', () => {
  it('stamps hold no start code, whatever the time', () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat(), fc.integer({ min: 0, max: 65_535 }), (wallMs, frame, camera) => {
        const nal = stampNal(wallMs, frame, camera)
        for (let i = 2; i < nal.length; i++)
          expect(nal[i - 2] === 0 && nal[i - 1] === 0 && (nal[i] ?? 9) < 3).toBe(false)
        expect(removePrevention(nal).readUInt16BE(31)).toBe(camera)
      })
    )
    expect(preventEmulation(Buffer.from([0, 0, 0, 0, 0, 1])).toString('hex')).toBe('0000030000030001')
  })

  it('fragments put together again give the NAL unit, and only the viewer’s fields change', () => {
    const nal = Buffer.alloc(5000, 0xab)
    nal[0] = 0x65
    const packets = packetise([nal], true)
    const target = Buffer.alloc(packets.bytes.length)
    writeRun(packets, { channel: 4, sequence: 65_534, timestamp: 2 ** 32 - 1, ssrc: 7 }, target, 0)
    const parts = packets.at.map((at, i) => {
      const end = packets.at[i + 1] ?? target.length
      expect(target[at + 1]).toBe(4)
      expect(target.readUInt16BE(at + 6)).toBe((65_534 + i) & 0xffff)
      expect((target[at + 5] ?? 0) >= 0x80).toBe(i === packets.at.length - 1)
      return target.subarray(at + 18, end)
    })
    expect(Buffer.concat([Buffer.from([0x65]), ...parts]).equals(nal)).toBe(true)
  })
})
