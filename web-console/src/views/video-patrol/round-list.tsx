/** The cameras of a round in order, with what became of each; a click looks at one out of turn. */
import { useTranslation } from 'react-i18next'
import type { Walk, WalkRow } from './walk-state.ts'

export interface RoundListProps {
  readonly walk: Walk
  readonly nameOf: (cameraId: string) => string
  readonly onLook: (cameraId: string) => void
}

export function RoundList({ walk, nameOf, onLook }: RoundListProps) {
  return (
    <ol className="rounds-list">
      {walk.rows.map((row, index) => (
        <li key={row.cameraId}>
          <button
            type="button"
            className={`rounds-row row g8 ${row.state}`}
            aria-current={row.state === 'looking' ? 'step' : undefined}
            onClick={() => onLook(row.cameraId)}
          >
            <span className="n d">{index + 1}</span>
            <span className="el grow">{nameOf(row.cameraId)}</span>
            <RowState row={row} />
          </button>
        </li>
      ))}
    </ol>
  )
}

function RowState({ row }: { readonly row: WalkRow }) {
  const { t } = useTranslation()
  return (
    <>
      {row.findings > 0 && <span className="chip amber">{t('rounds:findingsN', { n: row.findings })}</span>}
      <span className={`t12 nw ${row.state === 'seen' ? 't-ok' : 'm'}`}>{t(`rounds:row.${row.state}`)}</span>
    </>
  )
}
