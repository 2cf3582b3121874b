/** ffmpeg and ffprobe as the independent player: what they say of a file we made. */
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import type { VideoCodec } from '../codec/config.ts'
import { nalType, splitStartCodes } from './encode.ts'

const run = promisify(execFile)
const BUFFER = { maxBuffer: 256 * 1024 * 1024 }

/** Decodes every frame; whatever ffmpeg complains about, `''` when nothing: its errors alone, or its warnings too. */
export async function complaints(file: string, level: 'error' | 'warning' = 'error'): Promise<string> {
  // The file's own time base: at a guessed frame rate the null output complains of pictures that truly came close together.
  const output = ['-enc_time_base', '-1', '-f', 'null', '-']
  const { stderr } = await run('ffmpeg', ['-nostdin', '-v', level, '-xerror', '-i', file, ...output], BUFFER)
  return stderr
}

export interface Probe {
  readonly width: number
  readonly height: number
  readonly frames: number
  readonly durationS: number
  /** Presentation times of the packets, in decode order, seconds. */
  readonly times: readonly number[]
  readonly keys: readonly boolean[]
}

export async function probe(file: string): Promise<Probe> {
  const entries = 'stream=width,height,nb_read_packets:format=duration:packet=pts_time,flags'
  const args = ['-v', 'error', '-count_packets', '-show_entries', entries, '-of', 'json', file]
  const { stdout } = await run('ffprobe', args, BUFFER)
  const { streams, format, packets } = JSON.parse(stdout)
  return {
    width: streams[0].width,
    height: streams[0].height,
    frames: Number(streams[0].nb_read_packets),
    durationS: Number(format.duration),
    times: packets.map((packet: { pts_time: string }) => Number(packet.pts_time)),
    keys: packets.map((packet: { flags: string }) => packet.flags.startsWith('K'))
  }
}

export interface Stamp {
  readonly wallMs: number
  readonly frame: number
  readonly camera: number
}

/** The simulated camera's stamps (SEI user data "pingan-sim-stamp") out of a file, in order, read from ffmpeg's byte stream. */
export async function readStamps(file: string, codec: VideoCodec = 'h264'): Promise<Stamp[]> {
  const [filter, format, seiType] =
    codec === 'h264' ? ['h264_mp4toannexb', 'h264', 6] : ['hevc_mp4toannexb', 'hevc', 39]
  const args = ['-v', 'error', '-i', file, '-c', 'copy', '-bsf:v', `${filter}`, '-f', `${format}`, 'pipe:1']
  const { stdout } = await run('ffmpeg', args, { ...BUFFER, encoding: 'buffer' })
  return splitStartCodes(stdout)
    .filter(nal => nalType(nal, codec) === seiType)
    .map(nal => (codec === 'h264' ? nal : nal.subarray(1)))
    .map(nal => Buffer.from(nal.filter((byte, i) => !(byte === 3 && i > 2 && nal[i - 1] === 0 && nal[i - 2] === 0))))
    .filter(nal => nal.toString('latin1', 3, 19) === 'pingan-sim-stamp')
    .map(nal => ({
      wallMs: Number(nal.readBigUInt64BE(19)),
      frame: nal.readUInt32BE(27),
      camera: nal.readUInt16BE(31)
    }))
}
