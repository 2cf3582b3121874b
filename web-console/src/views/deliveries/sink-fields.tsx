/** The fields of one sink 接收方: where to, in which form, and what it is told. */
import { useTranslation } from 'react-i18next'
import type { SinkSettings } from '../../../../gateway/core/outwards.ts'
import type { AlarmClass } from '../../../../gateway/core/signal.ts'
import type { SinkDraft } from '../../../../gateway/core/sink-record.ts'
import { ChoiceField, type Faults, GroupFaults, TextField } from '../manage/fields.tsx'

const FORMATS = ['json', 'cap', 'contacts'] as const satisfies readonly SinkSettings['format'][]
const SCOPES = ['private', 'restricted', 'public'] as const satisfies readonly SinkSettings['scope'][]
const STATUSES = ['actual', 'exercise', 'test'] as const satisfies readonly SinkSettings['status'][]
const TELLS = ['opened', 'unheard'] as const satisfies readonly SinkSettings['tell'][]
const PRIORITIES = ['1', '2', '3', '4', '5'] as const
const CLASSES: readonly AlarmClass[] = [
  ...(['panic', 'duress', 'medical', 'fire', 'intrusion', 'tamper', 'gas', 'water', 'environment', 'help'] as const),
  ...(['fence', 'report', 'camera', 'trouble', 'unmapped'] as const)
]

export const NEW_SINK: SinkDraft = {
  ...{ name: '', enabled: true, format: 'json', scope: 'private', addresses: [], restriction: '', status: 'actual' },
  ...{ tell: 'opened', personal: false, lowestPriority: 4, classes: [] }
}

export interface SinkFieldsProps {
  readonly draft: SinkDraft
  readonly faults: Faults
  readonly onDraft: (change: Partial<SinkDraft>) => void
  /** Absent: a new one, which gets its name and format now. */
  readonly host?: string
  readonly hasSecret?: boolean
  /** Nothing can be typed here. */
  readonly isFixed?: boolean
}

export function SinkFields({ draft, faults, onDraft, host, hasSecret, isFixed }: SinkFieldsProps) {
  const { t } = useTranslation()
  const { format } = draft
  const kept = isFixed ? 'secretStored' : 'secretKept'
  const secretHint = host === undefined ? 'secretMade' : hasSecret ? kept : 'secretMissing'
  return (
    <>
      {host === undefined && (
        <TextField
          {...{ word: t('deliveries:name'), field: 'name', faults, value: draft.name }}
          {...{ placeholder: 'city', help: t('deliveries:form.nameHelp'), needed: true, autoFocus: true }}
          onValue={name => onDraft({ name })}
        />
      )}
      {host === undefined && (
        <ChoiceField
          {...{ word: t('deliveries:format'), field: 'format', faults, value: format }}
          choices={FORMATS.map(each => [each, t(`deliveries:formats.${each}`)])}
          onValue={value => onDraft({ format: value as SinkSettings['format'] })}
        />
      )}
      <ChoiceField
        {...{ word: t('deliveries:form.status'), field: 'status', faults, value: draft.status }}
        choices={STATUSES.map(each => [each, t(`deliveries:form.statuses.${each}`)])}
        onValue={value => onDraft({ status: value as SinkSettings['status'] })}
      />
      <TextField
        {...{
          word: t('deliveries:form.url'),
          field: 'url',
          faults,
          value: draft.url ?? '',
          wide: true,
          needed: host === undefined
        }}
        placeholder={host === undefined ? 'https://' : isFixed ? host : t('deliveries:form.urlKept', { host })}
        onValue={value => onDraft({ url: value || undefined })}
      />
      <TextField
        {...{
          word: t('deliveries:form.secret'),
          field: 'secret',
          faults,
          value: draft.secret ?? '',
          wide: true,
          type: 'password'
        }}
        placeholder={t(`deliveries:form.${secretHint}`)}
        onValue={value => onDraft({ secret: value || undefined })}
      />
      {format === 'cap' && <CapFields {...{ draft, faults, onDraft }} />}
      {format === 'contacts' && (
        <ChoiceField
          {...{ word: t('deliveries:form.tell'), field: 'tell', faults, value: draft.tell, wide: true }}
          choices={TELLS.map(each => [each, t(`deliveries:form.tells.${each}`)])}
          onValue={value => onDraft({ tell: value as SinkSettings['tell'] })}
        />
      )}
      <ChoiceField
        {...{
          word: t('deliveries:form.lowestPriority'),
          field: 'lowestPriority',
          faults,
          value: String(draft.lowestPriority)
        }}
        choices={PRIORITIES.map(each => [each, `P${each}`])}
        onValue={value => onDraft({ lowestPriority: Number(value) as SinkSettings['lowestPriority'] })}
      />
      <Classes chosen={draft.classes} onChosen={classes => onDraft({ classes })} />
      <section className="wide sink-checks">
        <Check word={t('deliveries:form.enabled')} checked={draft.enabled} onCheck={enabled => onDraft({ enabled })} />
        {format !== 'contacts' && (
          <Check
            word={t('deliveries:form.personal')}
            checked={draft.personal}
            onCheck={personal => onDraft({ personal })}
          />
        )}
        <GroupFaults field="personal" faults={faults} />
      </section>
    </>
  )
}

function CapFields({ draft, faults, onDraft }: Pick<SinkFieldsProps, 'draft' | 'faults' | 'onDraft'>) {
  const { t } = useTranslation()
  return (
    <>
      <ChoiceField
        {...{ word: t('deliveries:form.scope'), field: 'scope', faults, value: draft.scope }}
        choices={SCOPES.map(each => [each, t(`deliveries:scope.${each}`)])}
        onValue={value => onDraft({ scope: value as SinkSettings['scope'] })}
      />
      {draft.scope === 'private' && (
        <TextField
          {...{ word: t('deliveries:form.addresses'), field: 'addresses', faults, wide: true, lines: 3, needed: true }}
          value={draft.addresses.join('\n')}
          onValue={text => onDraft({ addresses: text.split('\n') })}
        />
      )}
      {draft.scope === 'restricted' && (
        <TextField
          {...{ word: t('deliveries:form.restriction'), field: 'restriction', faults, wide: true, needed: true }}
          value={draft.restriction}
          onValue={restriction => onDraft({ restriction })}
        />
      )}
    </>
  )
}

interface ClassesProps {
  readonly chosen: readonly AlarmClass[]
  readonly onChosen: (classes: readonly AlarmClass[]) => void
}

function Classes({ chosen, onChosen }: ClassesProps) {
  const { t } = useTranslation()
  return (
    <fieldset className="wide mng-list">
      <legend>
        {t('deliveries:form.classes')} <span className="d">{t('deliveries:form.classesAll')}</span>
      </legend>
      <div className="sink-classes">
        {CLASSES.map(each => (
          <Check
            key={each}
            word={t(`words:alarmClass.${each}`)}
            checked={chosen.includes(each)}
            onCheck={on => onChosen(on ? [...chosen, each] : chosen.filter(known => known !== each))}
          />
        ))}
      </div>
    </fieldset>
  )
}

interface CheckProps {
  readonly word: string
  readonly checked: boolean
  readonly onCheck: (checked: boolean) => void
}

function Check({ word, checked, onCheck }: CheckProps) {
  return (
    <label className="row g8">
      <input type="checkbox" checked={checked} onChange={event => onCheck(event.target.checked)} /> {word}
    </label>
  )
}
