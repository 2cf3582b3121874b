/** 听到胁迫口令: beside the call in which it is heard. */
import { useTranslation } from 'react-i18next'
import type { Incident } from '../../../../../gateway/core/incident.ts'
import { isOpen } from '../../../state/queue.ts'
import { mayBeOnTheLine, whyNot } from '../../../state/rights.ts'
import { Button } from '../../../ui/parts.tsx'
import { useFloor } from '../floor-context.tsx'

/** One key, without a sound: from then on nobody rings, tells or answers anything at the caller's (rule 5). */
export function DuressHeard({ incident }: { readonly incident: Incident }) {
  const { t } = useTranslation()
  const { act, actions, user, connected } = useFloor()
  const { phrases, phone, contacts } = incident.subject
  // A box has no voice of its own, but somebody may be rung.
  const heard = phrases || phone || contacts?.length || mayBeOnTheLine(incident)
  if (!isOpen(incident) || incident.duress || !heard) return null
  const why = whyNot('markDuress', { incident, user, connected })
  return (
    <Button
      keyCap="Q"
      className="small duress-heard"
      danger
      state={actions.resultOf(incident.id, 'markDuress')?.state ?? 'ready'}
      whyNot={why && t([`floor:whyNot.${why}`, `words:error.${why}`])}
      onClick={() => void act({ action: 'markDuress' })}
    >
      {t('floor:do.markDuress')}
    </Button>
  )
}
