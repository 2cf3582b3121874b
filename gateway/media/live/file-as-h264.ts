/** An H.265 file for a browser that plays none: H.264 made of it on its way out, for looking at; the file itself is the evidence. */
import { spawn } from 'node:child_process'
import { open } from 'node:fs/promises'
import type { ServerResponse } from 'node:http'
import type { Clock } from '../../core/ports.ts'
import { SCALE, yieldTo } from '../transcode/encoder.ts'
import type { PlaySeat } from '../transcode/transcodes.ts'

/** The sample entry stands in the init segment, which comes first. */
const HEAD_BYTES = 4_096
const HANG_MS = 30_000
const KEY_INTERVAL = 50

/** `Accept: video/mp4;codecs=avc1` is said by a page whose browser plays nothing else. */
export function wantsH264(accept: string | undefined): boolean {
  return /(?:^|[;\s])codecs=avc1(?:$|[;,\s])/.test(accept ?? '')
}

export async function isH265(path: string): Promise<boolean> {
  const file = await open(path, 'r').catch(() => undefined)
  if (!file) return false
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0)
    return /hvc1|hev1/.test(buffer.toString('latin1', 0, bytesRead))
  } finally {
    await file.close()
  }
}

/** The whole file, its length unknown. Ends with the response, and when nothing comes or is taken for 30 s; the seat is given back then. */
export function sendAsH264(path: string, response: ServerResponse, seat: PlaySeat, clock: Clock): void {
  const child = spawn(seat.ffmpegPath, argsOf(path), { stdio: ['ignore', 'pipe', 'ignore'] })
  yieldTo(child.pid)
  const kill = (): void => void child.kill('SIGKILL')
  let cancel = clock.after(HANG_MS, kill)
  child.stdout.on('data', () => {
    cancel()
    cancel = clock.after(HANG_MS, kill)
  })
  let over = false
  const end = (): void => {
    if (over) return
    over = true
    cancel()
    seat.release()
  }
  child.once('error', () => response.destroy())
  child.once('close', status => {
    end()
    // A file that is cut off must not look whole.
    if (status === 0) response.end()
    else response.destroy()
  })
  child.once('error', end)
  response.once('close', kill)
  response.setHeader('Content-Type', 'video/mp4;codecs=avc1')
  response.flushHeaders()
  // It ends with the child's verdict, not with its last byte.
  child.stdout.pipe(response, { end: false })
}

function argsOf(path: string): string[] {
  const encode = `-c:v libx264 -threads 1 -preset ultrafast -crf 26 -maxrate 3M -bufsize 3M -g ${KEY_INTERVAL} -pix_fmt yuv420p`
  const output = '-fps_mode passthrough -c:a copy -movflags frag_keyframe+empty_moov+default_base_moof -f mp4 pipe:1'
  const maps = '-map 0:v:0 -map 0:a?'
  return [
    ...['-nostdin', '-hide_banner', '-v', 'error', '-threads', '1', '-i', path, ...maps.split(' '), '-vf', SCALE],
    ...[...encode.split(' '), ...output.split(' ')]
  ]
}
