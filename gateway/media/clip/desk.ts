/** Takes the orders for evidence of one worker's cameras. */
import type { EvidenceId } from '../../core/brand.ts'
import type { ClipRequest, ClipResult } from '../../core/media.ts'
import type { Stream } from '../ingest/stream.ts'
import { makePreview } from './preview.ts'
import { ClipRecorder } from './recorder.ts'
import { takeStill } from './still.ts'
import { type EvidenceTools, noMedia } from './tools.ts'

export type EvidenceOrder = 'clip' | 'preview' | 'still'

/** `streamOf` gives a camera's pre-roll stream. */
export class EvidenceDesk {
  readonly #tools: EvidenceTools
  readonly #streamOf: (request: ClipRequest) => Stream | undefined
  readonly #clips = new Map<EvidenceId, { readonly recorder: ClipRecorder; readonly result: Promise<ClipResult> }>()

  constructor(tools: EvidenceTools, streamOf: (request: ClipRequest) => Stream | undefined) {
    this.#tools = tools
    this.#streamOf = streamOf
  }

  /** Rejects with an error of the catalogue. Asking twice for the same clip gives the same recording. */
  async order(kind: EvidenceOrder, request: ClipRequest): Promise<ClipResult> {
    const stream = this.#streamOf(request)
    if (!stream) throw noMedia(request, 'no such camera')
    if (kind === 'still') return takeStill(stream, request, this.#tools)
    if (kind === 'preview') return makePreview(stream, request, this.#tools)
    return this.#clip(stream, request)
  }

  extend(evidenceId: EvidenceId, toMs: number): void {
    this.#clips.get(evidenceId)?.recorder.extend(toMs)
  }

  /** Closes every unfinished file where it stands. */
  async stop(): Promise<void> {
    for (const { recorder } of this.#clips.values()) recorder.stop()
    await Promise.allSettled([...this.#clips.values()].map(clip => clip.result))
  }

  #clip(stream: Stream, request: ClipRequest): Promise<ClipResult> {
    const active = this.#clips.get(request.evidenceId)
    if (active) {
      active.recorder.extend(request.toMs)
      return active.result
    }
    const recorder = new ClipRecorder(stream, request, this.#tools)
    const result = recorder.run().finally(() => this.#clips.delete(request.evidenceId))
    this.#clips.set(request.evidenceId, { recorder, result })
    return result
  }
}
