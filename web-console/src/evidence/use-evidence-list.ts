/** Lists of evidence from the gateway, asked again when they may have changed. */
import { useEffect, useState } from 'react'
import type { EvidenceList } from '../../../gateway/core/wire.ts'
import { get } from '../wire/api.ts'

const AGAIN_MS = 5_000
/** A search that is still being typed is not asked for. */
const SETTLE_MS = 200

/** The last good answer stands; `again` is any text that changes when it is time. */
export function useEvidenceList(
  query: { readonly incidentId: string } | { readonly search: string },
  again: string
): EvidenceList | undefined {
  const [list, setList] = useState<{ readonly key: string; readonly answer: EvidenceList }>()
  const key = new URLSearchParams({ ...query }).toString()
  const when = `${key} ${again}`
  useEffect(() => {
    let gone = false
    const [asked = ''] = when.split(' ')
    let timer = setTimeout(() => void ask(), SETTLE_MS)
    const ask = async () => {
      try {
        const answer = await get<EvidenceList>(`/api/evidence?${asked}`)
        if (!gone) setList({ key: asked, answer })
      } catch {
        if (!gone) timer = setTimeout(() => void ask(), AGAIN_MS)
      }
    }
    return () => {
      gone = true
      clearTimeout(timer)
    }
  }, [when])
  // A list of another incident is no list of this one; an older search may stand while the next is on its way.
  return list && ('search' in query || list.key === key) ? list.answer : undefined
}
