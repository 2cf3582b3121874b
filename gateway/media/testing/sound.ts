/** What ffmpeg hears and sees in a file: tones, the moments of beeps and flashes. */
import { execFile, execFileSync } from 'node:child_process'
import { promisify } from 'node:util'

const run = promisify(execFile)
const BUFFER = { maxBuffer: 256 * 1024 * 1024, encoding: 'buffer' } as const
const RATE = 8000

/** A film of `seconds`: black and still, but white with a tone of 1 kHz in the first 200 ms of every second. */
export function makeFlashAndBeep(file: string, seconds: number): void {
  const flash = `color=black:size=320x180:rate=25:duration=${seconds},drawbox=color=white:t=fill:enable='lt(mod(t,1),0.199)'`
  const beep = `aevalsrc='0.4*sin(2*PI*1000*t)*lt(mod(t,1),0.2)':sample_rate=8000:duration=${seconds}`
  const video = '-c:v libx264 -preset ultrafast -bf 0 -g 25 -pix_fmt yuv420p'.split(' ')
  const audio = ['-c:a', 'pcm_alaw', file]
  execFileSync('ffmpeg', ['-v', 'error', '-f', 'lavfi', '-i', flash, '-f', 'lavfi', '-i', beep, ...video, ...audio])
}

/** Samples at 8 kHz mono from the file's time 0 on; as players do, a stretch that comes late or too early is moved to its time. */
async function listen(file: string): Promise<Int16Array> {
  const filter = [
    '-af',
    'aresample=async=1:min_hard_comp=0.02:first_pts=0',
    '-ac',
    '1',
    '-ar',
    String(RATE),
    '-f',
    's16le',
    'pipe:1'
  ]
  const { stdout } = await run('ffmpeg', ['-nostdin', '-v', 'error', '-i', file, '-map', '0:a', ...filter], BUFFER)
  return new Int16Array(stdout.buffer.slice(stdout.byteOffset, stdout.byteOffset + stdout.length))
}

/** Frequency of the middle half of the file's sound, Hz, by its zero crossings. */
export async function toneOf(file: string): Promise<number> {
  const samples = await listen(file)
  const middle = samples.subarray(samples.length / 4, (samples.length * 3) / 4)
  let crossings = 0
  for (let i = 1; i < middle.length; i++) if ((middle[i] ?? 0) >= 0 !== (middle[i - 1] ?? 0) >= 0) crossings++
  return (crossings / 2 / middle.length) * RATE
}

/** Where it becomes loud after 400 ms of silence, ms. */
export async function beeps(file: string): Promise<number[]> {
  const found: number[] = []
  let silentSince = 0
  for (const [i, sample] of (await listen(file)).entries()) {
    if (Math.abs(sample) < 1000) continue
    if (i - silentSince > 0.4 * RATE) found.push((i / RATE) * 1000)
    silentSince = i
  }
  return found
}

/** Where it becomes bright after 400 ms of dark, ms; `crop` as the filter takes it. */
export async function flashes(file: string, crop = 'iw:ih'): Promise<number[]> {
  const filter = ['-vf', `crop=${crop},scale=1:1,format=gray,fps=100`, '-f', 'rawvideo', 'pipe:1']
  const { stdout } = await run('ffmpeg', ['-nostdin', '-v', 'error', '-i', file, '-map', '0:v', ...filter], BUFFER)
  const found: number[] = []
  let darkSince = 0
  for (const [i, brightness] of stdout.entries()) {
    if (brightness < 128) continue
    if (i - darkSince > 40) found.push(i * 10)
    darkSince = i
  }
  return found
}

/** Codecs of the streams, in order. */
export async function codecsIn(file: string): Promise<string[]> {
  const args = ['-v', 'error', '-show_entries', 'stream=codec_name', '-of', 'csv=p=0', file]
  const { stdout } = await run('ffprobe', args)
  return stdout.trim().split('\n')
}

/** Presentation times of the packets of the first stream of sound or pictures, s. */
export async function packetTimes(file: string, kind: 'a' | 'v'): Promise<number[]> {
  const args = [
    '-v',
    'error',
    '-select_streams',
    `${kind}:0`,
    '-show_entries',
    'packet=pts_time',
    '-of',
    'csv=p=0',
    file
  ]
  const { stdout } = await run('ffprobe', args)
  return stdout.trim().split('\n').map(Number.parseFloat)
}
