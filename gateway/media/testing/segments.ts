/** Segments on disk as the recorder leaves them, of films that ffmpeg made. */
import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { encodeClosed, encodeFragment, encodeHeader } from '../record/index-file.ts'
import { dayName, indexPath, streamFolder } from '../record/layout.ts'

/** One finished main-stream segment with its index; `film` are ffmpeg's arguments up to its output: a keyframe every second, whole seconds long. */
export function writeSegment(recordingsDir: string, cameraId: string, startMs: number, film: readonly string[]): void {
  const path = join(streamFolder(recordingsDir, cameraId as never, 'main'), dayName(startMs), `${startMs}.mp4`)
  mkdirSync(dirname(path), { recursive: true })
  const fragmented = ['-movflags', 'frag_keyframe+empty_moov+default_base_moof', '-f', 'mp4', path]
  execFileSync('ffmpeg', ['-v', 'error', '-y', ...film, ...fragmented])
  writeFileSync(indexPath(path), indexOf(readFileSync(path), startMs))
}

function indexOf(file: Buffer, startMs: number): Buffer {
  const boxes: { readonly type: string; readonly at: number; readonly bytes: number }[] = []
  for (let at = 0; at + 8 <= file.length; at += file.readUInt32BE(at))
    boxes.push({ type: file.toString('latin1', at + 4, at + 8), at, bytes: file.readUInt32BE(at) })
  const moofs = boxes.filter(box => box.type === 'moof')
  const first = moofs[0]?.at ?? 0
  const header = { initBytes: first, codec: 'avc1.42c01e', width: 320, height: 180, cause: 'continuous' } as const
  const parts = [encodeHeader(header)]
  for (const [n, moof] of moofs.entries()) {
    const bytes = moof.bytes + (boxes.find(box => box.type === 'mdat' && box.at > moof.at)?.bytes ?? 0)
    const times = { startMs: startMs + n * 1_000, endMs: startMs + (n + 1) * 1_000 }
    parts.push(encodeFragment({ offset: moof.at, bytes, ...times, key: true, afterGap: false }))
  }
  const last = moofs.at(-1)?.at ?? 0
  const end = last + boxes.filter(box => box.at >= last && box.type !== 'mfra').reduce((sum, box) => sum + box.bytes, 0)
  parts.push(encodeClosed(startMs, startMs + moofs.length * 1_000, end))
  return Buffer.concat(parts)
}
