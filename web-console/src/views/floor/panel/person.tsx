/** 人与住处: medical note, how to get in, whom to call, the neighbour group; telephone numbers are masked until asked for. */
import { useTranslation } from 'react-i18next'
import type { Incident } from '../../../../../gateway/core/incident.ts'
import { useNow } from '../../../state/clock.ts'
import { useConsole } from '../../../state/store.ts'
import { drivingText } from '../../../ui/driving-text.ts'
import { CalloutLine } from './callout-line.tsx'
import { Contacts, type ContactsProps } from './contacts.tsx'
import { Devices } from './devices.tsx'
import { EarlierLine } from './earlier.tsx'
import { Locator } from './locator.tsx'
import { Phone } from './phone.tsx'
import { AgreedPhrases } from './phrases.tsx'
import { Sharers } from './shared.tsx'

/** What scrolls is reached and scrolled by the keyboard, too. */
const REACHED = { tabIndex: 0 } as const

/** What is said where nothing is on record; a car has no door and no illness. */
const NOTHING: Partial<Record<Incident['subject']['kind'], string>> = {
  unmapped: 'floor:person.unmapped',
  vehicle: 'floor:person.nothingOfVehicle'
}

export function Person({ incident, timeline }: ContactsProps) {
  const { t } = useTranslation()
  const { subject } = incident
  const known = subject.medicalNote || subject.accessNote || subject.phone || subject.contacts?.length || subject.group
  return (
    <section className="block" aria-label={t('floor:person.title')} {...REACHED}>
      <h3 className="head">{t('floor:person.title')}</h3>
      {!known && (
        <p className="m">{t(subject.ours ? 'floor:person.line' : (NOTHING[subject.kind] ?? 'floor:person.nothing'))}</p>
      )}
      {cameraOf(incident) !== undefined && <CameraLink cameraId={cameraOf(incident) ?? ''} />}
      <Sharers incident={incident} />
      <dl>
        {subject.kind === 'vehicle' && subject.address && <Fact name={t('floor:person.firm')}>{subject.address}</Fact>}
        {subject.medicalNote && (
          <Fact name={t('floor:person.medical')}>
            <b>{subject.medicalNote}</b>
          </Fact>
        )}
        {subject.accessNote && <Fact name={t('floor:person.access')}>{subject.accessNote}</Fact>}
        {subject.phone && (
          <Fact name={t('floor:person.phone')}>
            <Phone number={subject.phone} />
          </Fact>
        )}
        {incident.positionSource === 'device' && (
          <Fact name={t('floor:person.place')}>{t('floor:person.byDevice')}</Fact>
        )}
        <Driving incident={incident} />
        <EarlierLine incident={incident} />
      </dl>
      <CalloutLine incident={incident} />
      <Contacts incident={incident} timeline={timeline} />
      <AgreedPhrases incident={incident} />
      <Locator incident={incident} />
      <Devices incident={incident} />
    </section>
  )
}

/** Of a vehicle, for as long as its position is told: while the incident is open (rule 10). */
function Driving({ incident }: { readonly incident: Incident }) {
  const { t } = useTranslation()
  const now = useNow()
  const moving = useConsole(state => state.vehicles.get(incident.id))
  if (incident.subject.kind !== 'vehicle' || !moving) return null
  return <Fact name={t('floor:person.driving')}>{drivingText(moving, now, t)}</Fact>
}

/** Of a camera's own trouble: `camera:<id>/<cause>`. */
function cameraOf({ subject }: Incident): string | undefined {
  return /^camera:(.+)\/[A-Za-z]+$/.exec(subject.id)?.[1]
}

function CameraLink({ cameraId }: { readonly cameraId: string }) {
  const { t } = useTranslation()
  return (
    <p>
      <a className="link" href={`/cameras?camera=${encodeURIComponent(cameraId)}`} target="pingan-cameras">
        {t('cameras:openFrom')}
      </a>
    </p>
  )
}

function Fact({ name, children }: { readonly name: string; readonly children: React.ReactNode }) {
  return (
    <div className="fact">
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  )
}
