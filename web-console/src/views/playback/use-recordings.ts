/** What is recorded of the shown cameras in the visible part of time; asked again while it reaches into now. */
import { useEffect, useState } from 'react'
import type { RecordingTimeline } from '../../../../gateway/core/wire.ts'
import { serverNowMs } from '../../state/clock.ts'
import { get } from '../../wire/api.ts'
import type { Span } from './timeline-view.ts'

const REFRESH_MS = 5_000
/** A wheel that turns makes one question, not twenty. */
const SETTLE_MS = 150

export function useRecordings(cameraIds: readonly string[], span: Span): ReadonlyMap<string, RecordingTimeline> {
  const [known, setKnown] = useState<ReadonlyMap<string, RecordingTimeline>>(new Map())
  const key = cameraIds.join(',')
  const { fromMs, toMs } = span
  useEffect(() => {
    let gone = false
    const ids = key === '' ? [] : key.split(',')
    const ask = async () => {
      const half = (toMs - fromMs) / 2
      const query = `fromMs=${Math.floor(fromMs - half)}&toMs=${Math.ceil(toMs + half)}`
      const answers = await Promise.allSettled(
        ids.map(id => get<RecordingTimeline>(`/api/recordings/${encodeURIComponent(id)}?${query}`))
      )
      if (gone) return
      setKnown(before => {
        const next = new Map<string, RecordingTimeline>()
        ids.forEach((id, i) => {
          const answer = answers[i]
          const timeline = answer?.status === 'fulfilled' ? answer.value : before.get(id)
          if (timeline) next.set(id, timeline)
        })
        return next
      })
    }
    const first = setTimeout(() => void ask(), SETTLE_MS)
    const again = setInterval(() => toMs > serverNowMs() && void ask(), REFRESH_MS)
    return () => {
      gone = true
      clearTimeout(first)
      clearInterval(again)
    }
  }, [key, fromMs, toMs])
  return known
}
