/** A refusal of the shift's work is on record (rule 14) before whoever asked hears of it. */
import { GatewayError } from '../core/errors.ts'
import type { Clock } from '../core/ports.ts'
import type { Commit } from '../core/store.ts'
import { personOf } from '../core/who.ts'
import type { SessionUser } from '../core/wire.ts'

/** Runs the work; what it refuses with SHIFT_REFUSED is audited and thrown on. */
export const refusedOnRecord =
  ({ clock, commit }: { readonly clock: Clock; readonly commit: Commit }) =>
  async <T>(user: SessionUser, action: string, object: string, work: () => Promise<T>): Promise<T> => {
    try {
      return await work()
    } catch (error) {
      if (!(error instanceof GatewayError) || error.code !== 'SHIFT_REFUSED') throw error
      const entry = { atMs: clock.now(), who: personOf(user), action, object, outcome: 'refused' as const }
      await commit({ audit: [{ ...entry, reason: String(error.detail.why) }] })
      throw error
    }
  }
