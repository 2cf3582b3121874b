/** Who else is in the incident's telephone call: services and units, each hung up here. */
import { useTranslation } from 'react-i18next'
import type { Incident } from '../../../../../gateway/core/incident.ts'
import type { VoiceParty } from '../../../../../gateway/core/voice-party.ts'
import { isOpen } from '../../../state/queue.ts'
import { mayBeOnTheLine, whyNot } from '../../../state/rights.ts'
import { Button } from '../../../ui/parts.tsx'
import { useFloor } from '../floor-context.tsx'

const SERVICE = /^(?:110|119|120|12345)$/

export function Parties({ incident }: { readonly incident: Incident }) {
  const { t } = useTranslation()
  const { menu, openMenu, user, connected } = useFloor()
  const { parties = [], subject } = incident
  if (parties.length === 0 && !(subject.phone && mayBeOnTheLine(incident))) return null
  const why = incident.duress ? 'duress' : whyNot('addParty', { incident, user, connected })
  const words = why === 'duress' ? t('floor:party.duress') : why && t([`floor:whyNot.${why}`, `words:error.${why}`])
  return (
    <section className="voice parties row g8" aria-label={t('floor:party.title')}>
      {parties.length > 0 && (
        <ul className="row g12">
          {parties.map(party => (
            <Party key={party.id} party={party} />
          ))}
        </ul>
      )}
      {isOpen(incident) && (
        <Button
          keyCap="⇧N"
          className="small"
          whyNot={words}
          aria-expanded={menu === 'party'}
          onClick={() => openMenu(menu === 'party' ? undefined : 'party')}
        >
          {t('floor:do.addParty')}
        </Button>
      )}
    </section>
  )
}

function Party({ party }: { readonly party: VoiceParty }) {
  const { t } = useTranslation()
  const { act } = useFloor()
  const { id, name, state, end } = party
  const said = end && end !== 'byUs' ? t(`words:callEnd.${end}`) : t(`words:party.${state}`)
  return (
    <li className="row g8">
      <span className="el">{SERVICE.test(name) ? t(`floor:service.${name}`) : name}</span>
      <span className={state === 'joined' ? 't-ok' : state === 'ringing' ? 't-amb' : 'd'}>{said}</span>
      {state !== 'left' && (
        <Button className="small" danger onClick={() => void act({ action: 'dropParty', party: id })}>
          {t('floor:do.dropParty')}
        </Button>
      )}
    </li>
  )
}
