/** The seconds before now as a finished file at once: fragmented MP4 straight from memory, no ffmpeg. */
import type { ClipRequest, ClipResult } from '../../core/media.ts'
import { feedOf } from '../audio/feed.ts'
import { initSegment, TIMESCALE } from '../fmp4/init.ts'
import type { Stream } from '../ingest/stream.ts'
import { createExclusive, storeFailed, syncFolder } from './durable.ts'
import { Fragmenter, pictureOf } from './fragmenter.ts'
import { appendRecorded } from './from-disk.ts'
import { HashedFile } from './hashed-file.ts'
import { evidenceFile } from './names.ts'
import { type EvidenceTools, groups, noMedia, waitForKey } from './tools.ts'

const WAIT_KEY_MS = 1500

/** From the keyframe at or before `fromMs` to the newest unit, at most `toMs`. Rejects like a still. */
export async function makePreview(stream: Stream, request: ClipRequest, tools: EvidenceTools): Promise<ClipResult> {
  const file = evidenceFile(request.evidenceId, 'preview')
  const key = await waitForKey(stream, request.fromMs, tools.clock, WAIT_KEY_MS)
  if (key === undefined) throw noMedia(request, 'no keyframe')
  const { fragmenter, ...written } = await write(stream, key, request, file, tools).catch(error =>
    Promise.reject(storeFailed(error))
  )
  return {
    evidenceId: request.evidenceId,
    file,
    actualFromMs: Math.round(fragmenter.actualFromMs ?? 0),
    actualToMs: Math.round(fragmenter.actualToMs),
    gapMs: Math.round(fragmenter.missing.gapMs),
    gaps: fragmenter.missing.gaps,
    ...pictureOf(fragmenter),
    ...written
  }
}

async function write(
  stream: Stream,
  from: number,
  { cameraId, fromMs, toMs }: ClipRequest,
  name: string,
  tools: EvidenceTools
): Promise<{ readonly sha256: string; readonly bytes: number; readonly fragmenter: Fragmenter }> {
  const { ring } = stream
  const { index } = ring
  let end = from + 1
  while (end < index.next && index.wallMs(end) <= toMs) end++
  const config = index.config(from)
  const ticks = index.dts(end - 1) - index.dts(from) + TIMESCALE / 25
  const pin = ring.pin(from)
  const file = new HashedFile(await createExclusive(tools.dir, name))
  try {
    const keyMs = index.wallMs(from)
    const sound = feedOf(stream)
    const init = config && initSegment(config, sound?.format)
    const before =
      keyMs > fromMs
        ? await appendRecorded(
            tools.recorded,
            { cameraId, fromMs, toMs: keyMs, memoryMs: keyMs, init, continuation: undefined },
            file
          )
        : undefined
    const fragmenter = new Fragmenter(before, true, sound)
    if (config && !before) await file.append([initSegment(config, sound?.format, ticks)])
    // Told now: the generator goes on while the ring does.
    for (const group of [...groups(ring, from, end)])
      await tools.disk(async () => {
        if (!index.holds(group.from)) return
        const fragment = fragmenter.fragment(ring, group.from, group.to, group.to === index.next)
        pin.move(group.to)
        if (fragment.length > 0) await file.append([fragment])
      })
    const written = file.digest()
    await file.finish()
    await syncFolder(tools.dir)
    return { ...written, fragmenter }
  } catch (error) {
    await file.close().catch(() => undefined)
    throw error
  } finally {
    pin.release()
  }
}
