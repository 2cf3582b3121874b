/** A JPEG of the keyframe nearest before a moment, decoded by ffmpeg from that one picture. */
import { createHash } from 'node:crypto'
import type { ClipRequest, ClipResult } from '../../core/ports.ts'
import { runFfmpeg } from '../ffmpeg.ts'
import type { Stream } from '../ingest/stream.ts'
import type { Ring } from '../ring/ring.ts'
import { storeFailed, writeDurable } from './durable.ts'
import { evidenceFile } from './names.ts'
import { type EvidenceTools, noMedia, waitForKey } from './tools.ts'

const WAIT_KEY_MS = 1500
const DECODE_MS = 5000
const MAX_JPEG_BYTES = 16 * 1024 * 1024
const JPEG_ARGS = '-f h264 -threads 1 -i pipe:0 -frames:v 1 -q:v 3 -f mjpeg pipe:1'.split(' ')

/** Rejects with MEDIA_UNAVAILABLE where there is no picture, with STORE_FAILED where it cannot be kept. */
export async function takeStill(stream: Stream, request: ClipRequest, tools: EvidenceTools): Promise<ClipResult> {
  const file = evidenceFile(request.evidenceId, 'still')
  const key = await waitForKey(stream, request.fromMs, tools.clock, WAIT_KEY_MS)
  if (key === undefined) throw noMedia(request, 'no keyframe')
  const atMs = stream.ring.index.wallMs(key)
  const input = annexB(stream.ring, key)
  const { clock, ffmpegPath: path } = tools
  const jpeg = await tools
    .still(() =>
      runFfmpeg({ path, args: JPEG_ARGS, clock, timeoutMs: DECODE_MS, input, maxOutputBytes: MAX_JPEG_BYTES })
    )
    .catch((error: unknown) => {
      tools.log.warn({ cameraId: request.cameraId, err: String(error) }, 'still was not decoded')
      throw noMedia(request, 'not decodable')
    })
  if (jpeg.length === 0) throw noMedia(request, 'not decodable')
  await writeDurable(tools.dir, file, [jpeg]).catch(error => Promise.reject(storeFailed(error)))
  return {
    evidenceId: request.evidenceId,
    file,
    actualFromMs: atMs,
    actualToMs: atMs,
    gapMs: 0,
    bytes: jpeg.length,
    sha256: createHash('sha256').update(jpeg).digest('hex')
  }
}

/** The unit as a byte stream (ITU-T H.264 annex B): its own copy, lengths replaced by start codes, parameter sets in front. */
function annexB(ring: Ring, seq: number): Buffer[] {
  const unit = Buffer.from(ring.read(seq))
  for (let at = 0; at + 4 <= unit.length; ) {
    const length = unit.readUInt32BE(at)
    unit.writeUInt32BE(1, at)
    at += 4 + length
  }
  return [ring.index.config(seq)?.annexB ?? Buffer.alloc(0), unit]
}
