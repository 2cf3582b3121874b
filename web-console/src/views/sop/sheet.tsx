/** One sheet as a table: each step in both languages, who does it, within what time; what the record ticks by itself keeps its place and its words. */
import { useTranslation } from 'react-i18next'
import type { SopSheet, SopStep } from '../../../../gateway/core/sop.ts'
import { countedFrom } from '../../state/steps.ts'
import { Button, Chip } from '../../ui/parts.tsx'
import { Table } from '../admin/table.tsx'
import { kindText, moved, newStep } from './sheets.ts'

const WHO: readonly SopStep['who'][] = ['operator', 'unit', 'leader']
const MAX_STEPS = 30

interface SheetTableProps {
  readonly sheet: SopSheet
  readonly edits: boolean
  readonly change: (steps: readonly SopStep[]) => void
}

export function SheetTable({ sheet, edits, change }: SheetTableProps) {
  const { t } = useTranslation()
  const { steps } = sheet
  const columns = ['step', 'stepEn', 'who', 'within', 'by', 'order'].map(word => ({ word: t(`sop:${word}`) }))
  const set = (n: number, step: SopStep) => change(steps.toSpliced(n, 1, step))
  return (
    <>
      <Table title={kindText(sheet.kind, t)} count={steps.length} columns={columns} empty={t('sop:empty')}>
        {steps.map((step, n) => (
          <StepRow
            key={step.id}
            {...{ step, edits }}
            set={next => set(n, next)}
            move={by => change(moved(steps, n, by))}
            drop={() => change(steps.toSpliced(n, 1))}
          />
        ))}
      </Table>
      {edits && steps.length < MAX_STEPS && (
        <Button onClick={() => change([...steps, newStep(steps)])}>{t('sop:addStep')}</Button>
      )}
    </>
  )
}

interface StepRowProps {
  readonly step: SopStep
  readonly edits: boolean
  readonly set: (step: SopStep) => void
  readonly move: (by: 1 | -1) => void
  readonly drop: () => void
}

function StepRow({ step, edits, set, move, drop }: StepRowProps) {
  const { t } = useTranslation()
  const { withinS: _without, ...untimed } = step
  const within = (text: string) => {
    const seconds = Number(text.replace(/\D/g, '').slice(0, 5))
    set(seconds > 0 ? { ...step, withinS: seconds } : untimed)
  }
  return (
    <tr>
      <td>
        <Text label={t('sop:step')} value={step.zh} edits={edits} set={zh => set({ ...step, zh })} />
      </td>
      <td>
        <Text label={t('sop:stepEn')} value={step.en} edits={edits} set={en => set({ ...step, en })} />
      </td>
      <td>
        <select
          aria-label={t('sop:who')}
          disabled={!edits}
          value={step.who}
          onChange={event => set({ ...step, who: event.target.value as SopStep['who'] })}
        >
          {WHO.map(who => (
            <option key={who} value={who}>
              {t(`sop:whoIs.${who}`)}
            </option>
          ))}
        </select>
      </td>
      <td>
        <input
          className="n sop-within"
          aria-label={t('sop:within')}
          inputMode="numeric"
          readOnly={!edits}
          value={step.withinS ?? ''}
          onChange={event => within(event.target.value)}
        />{' '}
        <span className="m t12 nw">{t(`sop:from.${countedFrom(step.auto)}`)}</span>
      </td>
      <td>{step.auto ? <Chip>{t('sop:auto')}</Chip> : <span className="m">{t('sop:hand')}</span>}</td>
      <td>
        {edits && (
          <span className="row g6">
            <Button className="small" aria-label={t('sop:up')} onClick={() => move(-1)}>
              ↑
            </Button>
            <Button className="small" aria-label={t('sop:down')} onClick={() => move(1)}>
              ↓
            </Button>
            <Button className="small" danger onClick={drop}>
              {t('sop:drop')}
            </Button>
          </span>
        )}
      </td>
    </tr>
  )
}

interface TextProps {
  readonly label: string
  readonly value: string
  readonly edits: boolean
  readonly set: (text: string) => void
}

function Text({ label, value, edits, set }: TextProps) {
  return (
    <input
      className="sop-text"
      aria-label={label}
      aria-invalid={value.trim() === '' || undefined}
      readOnly={!edits}
      maxLength={80}
      value={value}
      onChange={event => set(event.target.value)}
    />
  )
}
