/** What the HTTP side asks of whoever keeps the settings of the incident work. */
import type { RecordSaved } from '../core/group-record.ts'
import type { RunDraft, RunSettingsDetail } from '../core/run-settings.ts'
import type { SessionUser } from '../core/wire.ts'

export interface RunSettingRooms {
  detail(): Promise<RunSettingsDetail>
  /** True at once, audited in the commit that keeps it; CONFLICT_RETRY when somebody was quicker. */
  save(draft: RunDraft, version: number, user: SessionUser): Promise<RecordSaved>
}
