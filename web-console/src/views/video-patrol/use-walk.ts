/** Talks to the gateway about one round: look, seen and next, skip, finding; keeps its newest answer until the records are asked for again. */
import { useCallback, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { FindingKind, PatrolRound } from '../../../../gateway/core/wall.ts'
import { refusalText } from '../../i18n/refusal.ts'
import { post, Refusal } from '../../wire/api.ts'
import { walkOf } from './walk-state.ts'

export interface WalkHands {
  readonly sending: boolean
  /** Why the last step was not taken. */
  readonly error: string | undefined
  look(cameraId: string): Promise<void>
  seen(): Promise<void>
  skip(reason: string): Promise<void>
  /** True when it is on the alarm line. `id` is the same for a second try. */
  find(id: string, kind: FindingKind, note: string): Promise<boolean>
}

export function useWalk(round: PatrolRound, login: string, onRound: (round: PatrolRound) => void): WalkHands {
  const { t } = useTranslation()
  const [sending, setSending] = useState(false)
  const [error, setError] = useState<string>()
  const path = `/api/video-patrol/rounds/${encodeURIComponent(round.id)}`

  const run = useCallback(
    async (work: () => Promise<PatrolRound>): Promise<boolean> => {
      setSending(true)
      setError(undefined)
      try {
        onRound(await work())
        return true
      } catch (failed) {
        const why = failed instanceof Refusal && failed.code === 'ROUND_REFUSED' ? String(failed.detail.why) : undefined
        setError(
          why === undefined
            ? refusalText(failed, t)
            : t([`rounds:refused.${why}`, 'words:error.ROUND_REFUSED'], {
                s: Number((failed as Refusal).detail.waitS ?? 0)
              })
        )
        return false
      } finally {
        setSending(false)
      }
    },
    [onRound, t]
  )
  /** The next open camera after a step, when there is one. */
  const goOn = async (after: PatrolRound): Promise<PatrolRound> => {
    const [next] = walkOf(after, login).next
    return after.state === 'open' && next !== undefined ? post<PatrolRound>(`${path}/look`, { cameraId: next }) : after
  }
  const { current, next } = walkOf(round, login)
  return {
    sending,
    error,
    look: async cameraId => void (await run(() => post<PatrolRound>(`${path}/look`, { cameraId }))),
    seen: async () => {
      if (current === undefined) return
      // What comes next is worked out before, as seen from the camera that is left.
      const [following] = next
      await run(async () => {
        const after = await post<PatrolRound>(`${path}/seen`, { cameraId: current })
        if (after.state !== 'open' || following === undefined) return goOn(after)
        return post<PatrolRound>(`${path}/look`, { cameraId: following })
      })
    },
    skip: async reason => {
      if (current === undefined) return
      const [following] = next
      await run(async () => {
        const after = await post<PatrolRound>(`${path}/skip`, { cameraId: current, reason })
        if (after.state !== 'open' || following === undefined) return goOn(after)
        return post<PatrolRound>(`${path}/look`, { cameraId: following })
      })
    },
    find: (id, kind, note) =>
      current === undefined
        ? Promise.resolve(false)
        : run(() => post<PatrolRound>(`${path}/findings`, { id, cameraId: current, kind, note }))
  }
}
