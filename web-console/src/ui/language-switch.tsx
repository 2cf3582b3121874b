/** Switches to the other language, which is written in itself. */
import { useTranslation } from 'react-i18next'
import { type Language, setLanguage } from '../i18n/index.ts'

export function LanguageSwitch() {
  const { i18n } = useTranslation()
  const other: Language = i18n.language === 'en' ? 'zh-CN' : 'en'
  return (
    <button type="button" className="link m" lang={other} onClick={() => void setLanguage(other)}>
      {other === 'en' ? 'English' : '中文'}
    </button>
  )
}
