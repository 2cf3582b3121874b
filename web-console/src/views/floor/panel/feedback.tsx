/** 反馈: how it ended, what it is filed under, who was hurt and what was lost, and what the review says. Nothing before there is one. */
import { useTranslation } from 'react-i18next'
import type { Incident } from '../../../../../gateway/core/incident.ts'
import { beyond, nameOf } from '../../../state/categories.ts'

export function Feedback({ incident }: { readonly incident: Incident }) {
  const { t, i18n } = useTranslation()
  const { facts, disposition, feedback, review, state } = incident
  if (!facts || !disposition) return null
  const { injured, dead, lossYuan } = facts
  const harm = injured + dead + lossYuan > 0
  const ended = t(`words:disposition.${disposition}`)
  const loss = lossYuan.toLocaleString('en')
  return (
    <section className="group-line feedback" aria-label={t('floor:feedback.title')}>
      <h3 className="head">{t('floor:feedback.title')}</h3>
      <p>
        <b>{ended}</b> <span className="m">{beyond(ended, nameOf(facts.category, i18n.language))}</span>
      </p>
      {feedback && <p>{feedback}</p>}
      <p className="m">
        <span className={harm ? 't-red' : ''}>
          {harm ? t('floor:feedback.harm', { injured, dead, loss }) : t('floor:feedback.none')}
        </span>{' '}
        · {t('floor:feedback.by')} {facts.by}
      </p>
      {review?.verdict === 'returned' && (
        <p className="t-amb">{t('floor:feedback.returned', { by: review.by, reason: review.reason })}</p>
      )}
      {review?.verdict === 'passed' && <p className="m">{t('floor:feedback.passed', { by: review.by })}</p>}
      {!review && state === 'resolved' && <p className="m">{t('floor:feedback.waits')}</p>}
    </section>
  )
}
