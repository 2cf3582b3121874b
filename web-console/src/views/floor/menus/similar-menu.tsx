/** Z: which open incident is of the same event, then merged into it or only linked. */
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Similar } from '../../../../../gateway/core/similar.ts'
import { useFloor } from '../floor-context.tsx'
import { useSimilarText } from '../panel/similar.tsx'
import { DigitMenu } from './digit-menu.tsx'

export function SimilarMenu() {
  const { t } = useTranslation()
  const { similar, act, select } = useFloor()
  const text = useSimilarText()
  const [other, setOther] = useState<Similar>()
  if (similar.length === 0) return <p className="m">{t('floor:similar.none')}</p>
  if (!other) return <DigitMenu choices={similar.map(each => ({ label: text(each), choose: () => setOther(each) }))} />
  return (
    <>
      <p className="menu-said">
        <b>{text(other)}</b>
      </p>
      <DigitMenu
        key="what"
        choices={[
          {
            label: t('floor:similar.merge', { number: other.number }),
            choose: () => void act({ action: 'merge', into: other.id })
          },
          { label: t('floor:similar.link'), choose: () => void act({ action: 'link', to: other.id }) },
          { label: t('floor:similar.look'), choose: () => select(other.id) }
        ]}
      />
    </>
  )
}
