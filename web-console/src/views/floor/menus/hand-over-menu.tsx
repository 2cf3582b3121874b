/** H: to whom, then what to say 话术 and what they answered; a service that was asked already is answered here. */
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { HandOver, Service } from '../../../../../gateway/core/hand-over.ts'
import type { Incident } from '../../../../../gateway/core/incident.ts'
import { useSession } from '../../../session.tsx'
import { useNow } from '../../../state/clock.ts'
import { forgetDraft, useDraft } from '../../../state/drafts.ts'
import { scriptOf } from '../../../state/script.ts'
import { takeFocus } from '../../../ui/focus.ts'
import { Button } from '../../../ui/parts.tsx'
import { usePresent } from '../../../ui/place-line.tsx'
import { useFloor } from '../floor-context.tsx'
import { DigitMenu } from './digit-menu.tsx'

/** In the order of the keys. */
export const SERVICES = ['110', '119', '120', '12345'] as const satisfies readonly Service[]

export function HandOverMenu() {
  const { t } = useTranslation()
  const { incident } = useFloor()
  const { settings } = useSession()
  const [to, setTo] = useState<Service>()
  if (!incident) return null
  const proposed = (incident.nature && settings?.handOverRoutes[incident.nature]) ?? []
  if (!to)
    return (
      <DigitMenu
        choices={SERVICES.map(service => ({
          label: t(`floor:service.${service}`),
          current: proposed.includes(service),
          choose: () => setTo(service)
        }))}
      />
    )
  const asked = incident.handOvers?.find(each => each.service === to && each.state === 'asked')
  return <HandOverForm incident={incident} to={to} asked={asked} />
}

interface HandOverFormProps {
  readonly incident: Incident
  readonly to: Service
  readonly asked: HandOver | undefined
}

interface Typed {
  readonly orderNumber: string
  readonly officer: string
  readonly theirReason: string
  readonly lead: 'us' | 'them'
}

const NOTHING = { orderNumber: '', officer: '', theirReason: '' } as const

function HandOverForm({ incident, to, asked }: HandOverFormProps) {
  const { t } = useTranslation()
  const { act } = useFloor()
  const { site } = useSession()
  const now = { present: usePresent(incident.id), nowMs: useNow() }
  const draft = `${incident.id}/handOver/${to}`
  const [typed, setTyped] = useDraft<Typed>(draft, { ...NOTHING, lead: asked?.lead ?? 'them' })
  const { orderNumber, officer, lead, theirReason: reason } = typed
  const answer = {
    ...(orderNumber.trim() ? { orderNumber: orderNumber.trim() } : {}),
    ...(officer.trim() ? { officer: officer.trim() } : {}),
    lead
  }
  const refusal = reason.trim() ? { reason: reason.trim() } : {}
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    const done = await act(
      asked
        ? { action: 'answerHandOver', handOver: asked.id, accepted: reason.trim() === '', ...refusal, ...answer }
        : { action: 'handOver110', to, ...answer }
    )
    if (done) forgetDraft(draft)
  }
  const field = (name: 'orderNumber' | 'officer' | 'theirReason') => (
    <input
      aria-label={t(`floor:handOver.${name}`)}
      placeholder={t(`floor:handOver.${name}`)}
      value={typed[name]}
      maxLength={name === 'officer' ? 40 : 64}
      ref={name === 'orderNumber' ? takeFocus : undefined}
      onChange={event => setTyped({ ...typed, [name]: event.target.value })}
    />
  )
  return (
    <form className="col g8" onSubmit={submit}>
      <p className="menu-said">{t('floor:handOver.say', { to: t(`floor:service.${to}`) })}</p>
      <blockquote className="script">{scriptOf(incident, to, site?.centre ?? '', t, now)}</blockquote>
      <div className="row g8 text-form">
        {field('orderNumber')}
        {field('officer')}
        <Button
          aria-pressed={lead === 'them'}
          onClick={() => setTyped({ ...typed, lead: lead === 'them' ? 'us' : 'them' })}
        >
          {t(`floor:handOver.lead.${lead}`)}
        </Button>
        <Button type="submit" state="best" keyCap="↵">
          {t(asked ? (reason.trim() ? 'floor:handOver.refused' : 'floor:handOver.answered') : 'floor:do.handOver110')}
        </Button>
      </div>
      {asked && <div className="row g8 text-form">{field('theirReason')}</div>}
    </form>
  )
}
