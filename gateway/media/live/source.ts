/** What a live picture is made of: a camera's stream, or what a transcoder makes of one. */
import type { StreamHealth } from '../../core/media.ts'
import type { Stream } from '../ingest/stream.ts'

/** The parts of a stream that a hub follows. */
export interface LiveSource extends Pick<Stream, 'ring' | 'isOpen' | 'lastFrameAtMs' | 'onUnit'> {
  health(): Pick<StreamHealth, 'state'>
}

/** Somebody's hold on a source; releasing it twice is harmless. */
export interface Held<T> {
  readonly stream: T
  release(): void
}
