/** ⇧C: which contact to call; each with what he was told last. */
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { TimelineEntry } from '../../../../../gateway/core/incident.ts'
import { useSession } from '../../../session.tsx'
import { useConsole } from '../../../state/store.ts'
import { type Dialled, dial } from '../../../voice/voice-key.ts'
import { useFloor } from '../floor-context.tsx'
import { dialFailed, lastTold, useTalkWhyNot } from '../panel/contacts.tsx'
import { DigitMenu } from './digit-menu.tsx'

const NO_LINES: readonly TimelineEntry[] = []

export function ContactMenu() {
  const { incident } = useFloor()
  return incident ? <Of incident={incident} /> : null
}

function Of({ incident }: { readonly incident: NonNullable<ReturnType<typeof useFloor>['incident']> }) {
  const { t } = useTranslation()
  const { openMenu } = useFloor()
  const { site } = useSession()
  const timeline = useConsole(state => state.timelines.get(incident.id) ?? NO_LINES)
  const mayNot = useTalkWhyNot(incident)
  const [failed, setFailed] = useState<Dialled>()
  const contacts = incident.subject.contacts ?? []
  const why = mayNot ?? dialFailed(failed, t)
  const zone = site?.timeZone ?? 'Asia/Shanghai'
  return (
    <>
      {contacts.length === 0 && <p className="m">{t('floor:contacts.none')}</p>}
      {why && (
        <p className="t-amb" role="alert">
          {why}
        </p>
      )}
      <DigitMenu
        choices={contacts.map(contact => ({
          label: `${contact.name} ${contact.relation} · ${lastTold(timeline, contact, zone, t)}`,
          choose: () => {
            if (mayNot) return
            const dialled = dial(contact.phone)
            if (dialled === 'ringing') openMenu(undefined)
            else setFailed(dialled)
          }
        }))}
      />
    </>
  )
}
