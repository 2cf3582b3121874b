/** The seconds before now as a finished file at once: fragmented MP4 straight from memory, no ffmpeg. */
import { createHash } from 'node:crypto'
import type { ClipRequest, ClipResult } from '../../core/media.ts'
import { initSegment, TIMESCALE } from '../fmp4/init.ts'
import type { Stream } from '../ingest/stream.ts'
import type { Ring } from '../ring/ring.ts'
import { storeFailed, writeDurable } from './durable.ts'
import { Fragmenter, pictureOf } from './fragmenter.ts'
import { evidenceFile } from './names.ts'
import { type EvidenceTools, groups, noMedia, waitForKey } from './tools.ts'

const WAIT_KEY_MS = 1500

/** From the keyframe at or before `fromMs` to the newest unit, at most `toMs`. Rejects like a still. */
export async function makePreview(stream: Stream, request: ClipRequest, tools: EvidenceTools): Promise<ClipResult> {
  const file = evidenceFile(request.evidenceId, 'preview')
  const key = await waitForKey(stream, request.fromMs, tools.clock, WAIT_KEY_MS)
  if (key === undefined) throw noMedia(request, 'no keyframe')
  const fragmenter = new Fragmenter()
  const parts = fragments(stream.ring, key, request.toMs, fragmenter)
  await writeDurable(tools.dir, file, parts).catch(error => Promise.reject(storeFailed(error)))
  const hash = createHash('sha256')
  for (const part of parts) hash.update(part)
  return {
    evidenceId: request.evidenceId,
    file,
    actualFromMs: Math.round(fragmenter.actualFromMs ?? 0),
    actualToMs: Math.round(fragmenter.actualToMs),
    gapMs: Math.round(fragmenter.gapMs),
    gaps: fragmenter.gaps,
    ...pictureOf(fragmenter),
    bytes: parts.reduce((sum, part) => sum + part.length, 0),
    sha256: hash.digest('hex')
  }
}

function fragments(ring: Ring, from: number, toMs: number, fragmenter: Fragmenter): Buffer[] {
  const { index } = ring
  let end = from + 1
  while (end < index.next && index.wallMs(end) <= toMs) end++
  const parts = [...groups(ring, from, end)].map(group =>
    fragmenter.fragment(ring, group.from, group.to, group.to === index.next)
  )
  const config = index.config(from)
  const ticks = index.dts(end - 1) - index.dts(from) + TIMESCALE / 25
  return config ? [initSegment(config, ticks), ...parts] : parts
}
