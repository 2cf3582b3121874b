/** What the HTTP side asks of whoever keeps the sinks; every change and every try is audited. */
import type { SinkDetail, SinkDraft, SinkSaved, SinkTried } from '../core/sink-record.ts'
import type { SessionUser } from '../core/wire.ts'

export interface SinkRooms {
  /** NOT_FOUND. */
  detail(name: string): Promise<SinkDetail>
  /** True at once. NOT_FOUND, SINK_OF_FILE, CONFLICT_RETRY when somebody was quicker. */
  save(draft: SinkDraft, version: number, user: SessionUser): Promise<SinkSaved>
  /** What waits for it is given up and kept. */
  remove(name: string, version: number, user: SessionUser): Promise<SinkSaved>
  /** Sends a message with status Test at once and answers with what came back; CONFLICT_RETRY while another try is under way. */
  tryOut(name: string, user: SessionUser): Promise<SinkTried>
}
