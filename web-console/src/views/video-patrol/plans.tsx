/** For leaders: which plans there are, who walks them when, and what was missed in the last day. */
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { PatrolPlan, PatrolRound, VideoPatrolState } from '../../../../gateway/core/wall.ts'
import { refusalText } from '../../i18n/refusal.ts'
import { useSession } from '../../session.tsx'
import { Button } from '../../ui/parts.tsx'
import { Sheet } from '../../ui/sheet.tsx'
import { minuteText } from '../../ui/time.ts'
import { post } from '../../wire/api.ts'
import { PlanForm } from './plan-form.tsx'
import { shiftText } from './walk-state.ts'

export function Plans({ state, onChanged }: { readonly state: VideoPatrolState; readonly onChanged: () => void }) {
  const { t } = useTranslation()
  const [edited, edit] = useState<PatrolPlan | 'new'>()
  const [error, setError] = useState<string>()
  const names = new Map(state.people.map(person => [person.login, person.name]))
  const remove = (plan: PatrolPlan) =>
    void post(`/api/video-patrol/plans/${plan.id}/remove`).then(onChanged, failed => setError(refusalText(failed, t)))
  return (
    <div className="rounds-plans">
      <section className="col g12">
        <h2 className="head">
          {t('rounds:plans')}
          <span className="grow" />
          <Button onClick={() => edit('new')}>{t('rounds:planMake')}</Button>
        </h2>
        {state.plans.length === 0 && <p className="m">{t('rounds:noPlans')}</p>}
        {state.plans.map(plan => (
          <article key={plan.id} className="rounds-plan panel">
            <div className="row g8">
              <h3 className="el">{plan.name}</h3>
              <span className="m nw">
                {t('rounds:planSize', { count: plan.cameras.length, min: plan.intervalMin, s: plan.minLookS })}
              </span>
              <span className="grow" />
              <Button onClick={() => edit(plan)}>{t('rounds:change')}</Button>
              <Button onClick={() => remove(plan)}>{t('rounds:takeBack')}</Button>
            </div>
            <ul>
              {plan.shifts.map(shift => (
                <li key={shift.fromMin} className="row g12">
                  <span className="n">{shiftText(shift)}</span>
                  <span className="m">
                    {shift.persons.map(login => `${names.get(login) ?? ''} ${login}`).join(t('common:comma'))}
                  </span>
                </li>
              ))}
            </ul>
          </article>
        ))}
        {error !== undefined && (
          <p className="t-red" role="alert">
            {error}
          </p>
        )}
      </section>
      <section className="col g12">
        <h2 className="head">{t('rounds:now')}</h2>
        {state.rounds.length === 0 && <p className="m">{t('rounds:noneOpen')}</p>}
        {state.rounds.map(round => (
          <RoundLine key={round.id} round={round} names={names} />
        ))}
        <h2 className="head">{t('rounds:missedDay')}</h2>
        {state.missed.length === 0 && <p className="m">{t('rounds:noneMissed')}</p>}
        {state.missed.toReversed().map(round => (
          <RoundLine key={round.id} round={round} names={names} />
        ))}
      </section>
      {edited !== undefined && (
        <Sheet title={t(edited === 'new' ? 'rounds:planMake' : 'rounds:planChange')} onClose={() => edit(undefined)}>
          <PlanForm
            plan={edited === 'new' ? undefined : edited}
            people={state.people}
            onDone={() => {
              edit(undefined)
              onChanged()
            }}
          />
        </Sheet>
      )}
    </div>
  )
}

function RoundLine({ round, names }: { readonly round: PatrolRound; readonly names: ReadonlyMap<string, string> }) {
  const { t } = useTranslation()
  const { site } = useSession()
  const zone = site?.timeZone ?? 'Asia/Shanghai'
  const done = new Set([...round.looks.filter(look => look.seen), ...round.skips].map(each => each.cameraId)).size
  return (
    <p className="row g12">
      <span className="n nw">
        {minuteText(round.openMs, zone)}–{minuteText(round.dueMs, zone)}
      </span>
      <span className="el">{round.planName}</span>
      <span className="m el">
        {round.shift.persons.map(login => names.get(login) ?? login).join(t('common:comma'))}
      </span>
      <span className="grow" />
      {round.gatewayDown && <span className="t-amb t12 nw">{t('rounds:gatewayDown')}</span>}
      <span className={`n nw ${round.state === 'missed' ? 't-red' : 'm'}`}>
        {t(round.state === 'missed' ? 'rounds:missedAt' : 'rounds:progress', { n: done, of: round.cameras.length })}
      </span>
    </p>
  )
}
