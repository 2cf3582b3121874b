/** The two lists inside the form of a household: what it can call for help with, and whom to tell. */
import { useTranslation } from 'react-i18next'
import { Button } from '../../ui/parts.tsx'
import { ALARM_CLASS_CHOICES, SOURCE_KIND_CHOICES } from './choices.ts'
import { ChoiceField, type Faults, GroupFaults, TextField } from './fields.tsx'
import { Sharers } from './sharers.tsx'
import {
  changedContact,
  emptyContact,
  emptySource,
  type FormContact,
  type FormSource,
  type SubjectForm
} from './subject-draft.ts'

interface ListProps {
  readonly form: SubjectForm
  readonly onForm: (form: SubjectForm) => void
  readonly faults: Faults
}

interface SourcesProps extends ListProps {
  /** Approved terminals, which are kept elsewhere. */
  readonly adopted: readonly string[]
  readonly self: string | undefined
}

export function Sources({ form, onForm, faults, adopted, self }: SourcesProps) {
  const { t } = useTranslation()
  const put = (key: number, change: Partial<FormSource>) =>
    onForm({ ...form, sources: form.sources.map(each => (each.key === key ? { ...each, ...change } : each)) })
  // Rows left empty are not sent, so the answer's numbers pass over them.
  const sent = form.sources.filter(each => each.id.trim() !== '').map(each => each.key)
  return (
    <fieldset className="wide mng-list">
      <legend>{t('manage:part.sources')}</legend>
      {form.sources.map(source => {
        const at = `sources.${sent.indexOf(source.key)}`
        const text = (key: 'id' | 'label' | 'consentBy' | 'consentRelation' | 'consentOn', field: string) => ({
          ...{ faults, field: `${at}.${field}`, value: source[key] },
          onValue: (value: string) => put(source.key, { [key]: value })
        })
        return (
          <div key={source.key} className={source.kind === 'detector' ? 'mng-item detector' : 'mng-item'}>
            <TextField {...text('id', 'id')} word={t('manage:sourceId')} placeholder="6650147" />
            <ChoiceField
              {...{ word: t('manage:sourceKind'), field: `${at}.kind`, faults, value: source.kind }}
              choices={SOURCE_KIND_CHOICES.map(each => [each, t(`words:sourceKind.${each}`)])}
              onValue={value => put(source.key, { kind: value as FormSource['kind'] })}
            />
            <TextField {...text('label', 'label')} word={t('manage:label')} />
            {source.kind === 'detector' && (
              <ChoiceField
                {...{ word: t('manage:reports'), field: `${at}.alarmClass`, faults, value: source.alarmClass }}
                choices={[
                  ['', '–'],
                  ...ALARM_CLASS_CHOICES.map(each => [each, t(`words:alarmClass.${each}`)] as const)
                ]}
                onValue={value => put(source.key, { alarmClass: value })}
              />
            )}
            {source.kind === 'oneKeyCall' && (
              <>
                <TextField {...text('consentBy', 'consent.by')} word={t('manage:locatorConsent')} />
                <TextField {...text('consentOn', 'consent.on')} word={t('manage:field.consentOn')} type="date" />
              </>
            )}
            <Button
              aria-label={t('manage:takeOut', { name: source.id })}
              onClick={() => onForm({ ...form, sources: form.sources.filter(each => each.key !== source.key) })}
            >
              {t('manage:out')}
            </Button>
            {form.kind !== 'vehicle' && (
              <Sharers
                {...{ also: source.also, field: `${at}.also`, faults, self }}
                onAlso={also => put(source.key, { also })}
              />
            )}
          </div>
        )
      })}
      {adopted.map(each => (
        <p key={each} className="m t12">
          <span className="n">{each}</span> · {t('manage:adopted')}
        </p>
      ))}
      <GroupFaults field="sources" faults={faults} />
      <Button onClick={() => onForm({ ...form, sources: [...form.sources, emptySource(form.kind)] })}>
        {t('manage:addSource')}
      </Button>
    </fieldset>
  )
}

export function Contacts({ form, onForm, faults }: ListProps) {
  const { t } = useTranslation()
  const put = (key: number, change: Partial<FormContact>) =>
    onForm({ ...form, contacts: form.contacts.map(each => (each.key === key ? changedContact(each, change) : each)) })
  const move = (at: number) => {
    const contacts = [...form.contacts]
    contacts.splice(at - 1, 0, ...contacts.splice(at, 1))
    onForm({ ...form, contacts })
  }
  return (
    <fieldset className="wide mng-list">
      <legend>
        {t('manage:part.contacts')} <span className="d">{t('manage:contactsHelp')}</span>
      </legend>
      {form.contacts.map((contact, at) => (
        <div key={contact.key} className="mng-item contact">
          {(['name', 'relation', 'phone'] as const).map(key => (
            <TextField
              key={key}
              {...{ word: t(`manage:contact.${key}`), field: `contacts.${at}.${key}`, faults, value: contact[key] }}
              onValue={value => put(contact.key, { [key]: value })}
            />
          ))}
          <TextField
            {...{ word: t('manage:contact.messageConsent'), field: `contacts.${at}.messageConsent`, faults }}
            {...{ type: 'date', value: contact.messageConsent }}
            onValue={messageConsent => put(contact.key, { messageConsent })}
          />
          <span className="row g4">
            {at > 0 && (
              <Button aria-label={t('manage:earlier', { name: contact.name })} onClick={() => move(at)}>
                ↑
              </Button>
            )}
            <Button
              aria-label={t('manage:takeOut', { name: contact.name })}
              onClick={() => onForm({ ...form, contacts: form.contacts.filter(each => each.key !== contact.key) })}
            >
              {t('manage:out')}
            </Button>
          </span>
        </div>
      ))}
      <GroupFaults field="contacts" faults={faults} />
      <Button onClick={() => onForm({ ...form, contacts: [...form.contacts, emptyContact()] })}>
        {t('manage:addContact')}
      </Button>
    </fieldset>
  )
}
