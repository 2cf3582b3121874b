/** On scene: what was found in a few taps, then how it ended, then leave. */
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Disposition } from '../../../../gateway/core/incident.ts'
import type { PatrolTask } from '../../../../gateway/core/wire.ts'
import { serverNowMs, useNow } from '../../state/clock.ts'
import { PriorityShape } from '../../ui/priority.tsx'
import { countText } from '../../ui/time.ts'
import { AskedCard } from './asked.tsx'
import type { Phone } from './context.ts'
import { type Draft, isUnsent } from './drafts.ts'
import { FixProblem } from './duty.tsx'
import { Note } from './en-route.tsx'
import { Messages } from './messages/messages.tsx'
import { PhoneButton, Sheet } from './parts.tsx'
import { DISPOSITION_GROUPS, findingsOf, MAX_TEXT, reportText } from './report.ts'
import { useMoving } from './target-place.ts'
import { headline, placeOf, warning } from './task-words.ts'

export function OnSceneScreen({ phone, task }: { readonly phone: Phone; readonly task: PatrolTask }) {
  const { t } = useTranslation()
  const [leaving, setLeaving] = useState(false)
  const { assignmentId, incidentId, number } = task
  const begun = phone.drafts.all.find(each => each.assignmentId === assignmentId)
  const draft = begun ?? { ...{ assignmentId, incidentId, number, chosen: [], free: '' }, text: '', sent: '', atMs: 0 }
  const { text, sent } = draft
  const unsent = isUnsent(draft)
  const keep = (change: Partial<Draft>) => phone.drafts.keep({ ...draft, ...change, atMs: serverNowMs() })

  const report = (disposition?: Disposition) => {
    // A disposition alone is a report too: its word is the text that the timeline shows.
    const said = text !== '' ? text : disposition ? t(`patrol:disposition.${disposition}`) : ''
    keep({ sent: text })
    phone.act({ kind: 'report', assignmentId, text: said, ...(disposition ? { disposition } : {}) })
  }
  return (
    <>
      <SceneHead task={task} />
      <FixProblem phone={phone} />
      <AskedCard phone={phone} task={task} />
      <Messages phone={phone} task={task} />
      <Findings task={task} draft={draft} onSay={keep} />
      {sent !== '' && !unsent && <Reported phone={phone} text={sent} />}
      <div className="phone-foot">
        {unsent && (
          <PhoneButton kind="main" sending={phone.sending('report')} onPress={() => report()}>
            {t('patrol:report')}
          </PhoneButton>
        )}
        <PhoneButton kind={unsent ? 'quiet' : 'main'} sending={phone.sending('clear')} onPress={() => setLeaving(true)}>
          {t(phone.offline ? 'patrol:clearKept' : 'patrol:clear')}…
        </PhoneButton>
      </div>
      {leaving && (
        <ClearSheet
          mayFinish={task.mayFinish === true}
          onClose={() => setLeaving(false)}
          onFinish={({ disposition, injured, dead }) => {
            const said = text !== '' ? text : t(`patrol:disposition.${disposition}`)
            keep({ sent: text })
            phone.act({ kind: 'finish', assignmentId, disposition, text: said, injured, dead })
            setLeaving(false)
          }}
          onClear={disposition => {
            report(disposition)
            phone.act({ kind: 'clear', assignmentId })
            setLeaving(false)
          }}
        />
      )}
    </>
  )
}

function SceneHead({ task }: { readonly task: PatrolTask }) {
  const { t } = useTranslation()
  const now = useNow()
  const present = useMoving(task.incidentId)
  const warn = warning(task, t)
  return (
    <>
      <section className="phone-head task-head">
        <PriorityShape priority={task.priority} size={30} />
        <div className="grow">
          <h1 className="small">{t('patrol:onScene', { what: headline(task, t) })}</h1>
          <p className="m">
            {placeOf(task, t, present)} · {t('patrol:alarmAge', { age: countText(now - task.openedAtMs) })}
          </p>
        </div>
      </section>
      {warn && (
        <section className="card">
          <p className="t-red strong">{warn}</p>
        </section>
      )}
      {(task.medicalNote || task.accessNote) && (
        // At the door they are needed most: the way in, and what the person there suffers from.
        <ul className="card task-notes scene-notes">
          {task.medicalNote && <Note icon="heart" tone="" text={task.medicalNote} />}
          {task.accessNote && <Note icon="lock" tone="" text={task.accessNote} />}
        </ul>
      )}
    </>
  )
}

interface FindingsProps {
  readonly task: PatrolTask
  readonly draft: Draft
  readonly onSay: (said: Pick<Draft, 'chosen' | 'free' | 'text'>) => void
}

/** What was found, by taps and words; tells the joined sentence at every change. */
function Findings({ task, draft, onSay }: FindingsProps) {
  const { t } = useTranslation()
  // A nature that is found meanwhile takes no tapped word away.
  const [kind] = useState(findingsOf(task))
  const words = t(`patrol:findings.${kind}`, { returnObjects: true }) as unknown as readonly string[]
  const { free } = draft
  const chosen = new Set(draft.chosen)
  const say = (now: ReadonlySet<string>, more: string) =>
    onSay({ chosen: [...now], free: more, text: reportText(words, now, more, t('patrol:listComma')) })
  const toggle = (word: string) => {
    const next = new Set(chosen)
    if (!next.delete(word)) next.add(word)
    say(next, free)
  }
  return (
    <section className="phone-pad">
      <h2 className="lab">{t('patrol:findingsHead')}</h2>
      <div className="chips">
        {words.map(word => (
          <button
            key={word}
            type="button"
            className="finding"
            aria-pressed={chosen.has(word)}
            onClick={() => toggle(word)}
          >
            {word}
          </button>
        ))}
      </div>
      <textarea
        className="finding-text"
        rows={2}
        maxLength={MAX_TEXT}
        value={free}
        placeholder={t('patrol:freeText')}
        aria-label={t('patrol:freeText')}
        onChange={event => say(chosen, event.target.value)}
      />
    </section>
  )
}

function Reported({ phone, text }: { readonly phone: Phone; readonly text: string }) {
  const { t } = useTranslation()
  const key = phone.sending('report') ? 'reportSending' : phone.offline ? 'reportKept' : 'reported'
  return (
    <p className="phone-pad t-ok" role="status">
      {t(`patrol:${key}`, { text })}
    </p>
  )
}

interface ClearSheetProps {
  readonly mayFinish: boolean
  readonly onFinish: (found: {
    readonly disposition: Disposition
    readonly injured: number
    readonly dead: number
  }) => void
  readonly onClear: (disposition: Disposition) => void
  readonly onClose: () => void
}

/** How it ended, as a group and an item; nothing is sent before the white button. */
function ClearSheet({ mayFinish, onFinish, onClear, onClose }: ClearSheetProps) {
  const { t } = useTranslation()
  const [disposition, setDisposition] = useState<Disposition>()
  return (
    <Sheet title={t('patrol:clearHow')} onClose={onClose}>
      {DISPOSITION_GROUPS.map(({ group, items }) => (
        <div key={group} className="disposition">
          <h3 className="lab">{t(`patrol:group.${group}`)}</h3>
          <div className="chips">
            {items.map(item => (
              <button
                key={item}
                type="button"
                className="finding"
                aria-pressed={item === disposition}
                onClick={() => setDisposition(item)}
              >
                {t(`patrol:disposition.${item}`)}
              </button>
            ))}
          </div>
        </div>
      ))}
      {disposition && (
        <PhoneButton kind="main" onPress={() => onClear(disposition)}>
          {t('patrol:clearGo')}
        </PhoneButton>
      )}
      {disposition && mayFinish && <Finish onFinish={harm => onFinish({ disposition, ...harm })} />}
    </Sheet>
  )
}

/** The lead ends the incident itself: who was hurt is said before. */
function Finish({
  onFinish
}: {
  readonly onFinish: (harm: { readonly injured: number; readonly dead: number }) => void
}) {
  const { t } = useTranslation()
  const [harm, setHarm] = useState({ injured: 0, dead: 0 })
  return (
    <>
      <p className="m">{t('patrol:finishHow')}</p>
      <p className="row g12">
        {(['injured', 'dead'] as const).map(each => (
          <label key={each} className="row g8">
            {t(`patrol:harm.${each}`)}
            <input
              className="harm"
              type="number"
              inputMode="numeric"
              min={0}
              max={10_000}
              value={harm[each]}
              onChange={event =>
                setHarm({ ...harm, [each]: Math.max(0, Math.min(10_000, Math.floor(Number(event.target.value) || 0))) })
              }
            />
          </label>
        ))}
      </p>
      <PhoneButton onPress={() => onFinish(harm)}>{t('patrol:finish')}</PhoneButton>
    </>
  )
}
