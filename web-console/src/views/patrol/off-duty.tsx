/** Off duty: which team, what duty means for the position, and the one button to begin. */
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Unit } from '../../../../gateway/core/unit.ts'
import { useSession } from '../../session.tsx'
import { post, Refusal, type RefusalCode } from '../../wire/api.ts'
import type { Phone } from './context.ts'
import { PhoneButton, PhoneIcon } from './parts.tsx'

export function OffDutyScreen({ phone, hasTeam }: { readonly phone: Phone; readonly hasTeam: boolean }) {
  const { t } = useTranslation()
  const { user } = useSession()
  const { unit } = phone
  const [refused, setRefused] = useState<RefusalCode>()
  const [asking, setAsking] = useState(false)

  const begin = async () => {
    setRefused(undefined)
    setAsking(true)
    try {
      await post('/api/patrol/sign-on', { unitId: user?.unitId })
      phone.act({ kind: 'onDuty' })
    } catch (error) {
      const code = error instanceof Refusal ? error.code : 'UNKNOWN'
      // Without a network duty begins on the phone; the gateway checks the team when the command arrives.
      if (code === 'OFFLINE') phone.act({ kind: 'onDuty' })
      else setRefused(code)
    } finally {
      setAsking(false)
    }
  }
  return (
    <>
      <section className="phone-head">
        <div>
          <h1>{t('patrol:offDuty')}</h1>
          <p className="m">{user?.name}</p>
        </div>
      </section>
      {hasTeam ? <TeamCard unit={unit} fallback={user?.unitId} /> : <NoTeam />}
      <section className="card row g12 top">
        <PhoneIcon name="place" />
        <p className="grow">{t('patrol:positionPromise')}</p>
      </section>
      {refused && (
        <section className="card red" role="alert">
          <p className="t17">{t('patrol:notOnDuty')}</p>
          <p>{t([`words:error.${refused}`, 'words:error.UNKNOWN'])}</p>
        </section>
      )}
      <div className="phone-foot">
        {hasTeam && (
          <PhoneButton kind="main" sending={asking || phone.sending('onDuty')} onPress={() => void begin()}>
            {t('patrol:onDutyGo')}
          </PhoneButton>
        )}
      </div>
    </>
  )
}

function TeamCard({ unit, fallback }: { readonly unit: Unit | undefined; readonly fallback: string | undefined }) {
  const { t } = useTranslation()
  return (
    <section className="card">
      <p className="lab">{t('patrol:team')}</p>
      <p className="t22">{unit?.name ?? fallback}</p>
      {unit && (
        <p className="m">
          {t(`words:unitClass.${unit.unitClass}`)} · {t(`words:vehicle.${unit.vehicle}`)} ·{' '}
          {t('patrol:people', { n: unit.memberCount })}
        </p>
      )}
      {unit && unit.members.length > 0 && (
        <p className="m">
          {t('patrol:already', { names: unit.members.map(each => each.name).join(t('common:comma')) })}
        </p>
      )}
    </section>
  )
}

function NoTeam() {
  const { t } = useTranslation()
  return (
    <section className="card amber" role="alert">
      <p className="t17">{t('patrol:noTeam')}</p>
      <p>{t('patrol:noTeamHow')}</p>
    </section>
  )
}
