/** The lines of a help overlay, straight from the table that binds the keys. */
import { useTranslation } from 'react-i18next'
import type { KeyRow } from './key-rows.ts'
import { Key } from './parts.tsx'
import './keys-list.css'

export interface KeysListProps {
  readonly rows: readonly KeyRow<unknown>[]
  /** The words of a line stand at `<words>.<does>`. */
  readonly words: string
}

export function KeysList({ rows, words }: KeysListProps) {
  const { t } = useTranslation()
  return (
    <dl className="keys-list">
      {rows.map(({ cap, does }) => (
        <div key={`${cap} ${does}`} className="row g8">
          <dt>
            <Key>{cap.replace('Space', t('floor:key.space'))}</Key>
          </dt>
          <dd className="m">{t(`${words}.${does}`)}</dd>
        </div>
      ))}
    </dl>
  )
}
