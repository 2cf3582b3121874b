/** 疑似重复: which open incidents may be of the same event, and why; nothing of it happens by itself. */
import { useTranslation } from 'react-i18next'
import type { Similar } from '../../../../../gateway/core/similar.ts'
import { Key } from '../../../ui/parts.tsx'
import { useFloor } from '../floor-context.tsx'

/** `1128-0007 陈桂芳：同一电话、距 40 米`. */
export function useSimilarText(): (similar: Similar) => string {
  const { t } = useTranslation()
  return ({ number, name, why, distanceM }) =>
    t(why.length > 0 ? 'floor:similar.line' : 'floor:similar.plain', {
      ...{ number, name },
      why: why.map(each => t(`floor:similar.why.${each}`, { m: distanceM ?? 0 })).join(t('common:comma'))
    })
}

export function SimilarLines() {
  const { t } = useTranslation()
  const { similar } = useFloor()
  const text = useSimilarText()
  if (similar.length === 0) return null
  return (
    <section className="similar" aria-label={t('floor:similar.title')}>
      <p className="t-amb">
        {t('floor:similar.suspected', { n: similar.length })} <Key>Z</Key> {similar.map(text).join(' · ')}
      </p>
    </section>
  )
}
