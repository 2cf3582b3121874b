/** Words of the console: Chinese first, English by switch; the choice is kept on this machine. Keys are always written with their area: `floor:queue.waiting`. */
import i18next from 'i18next'
import { initReactI18next } from 'react-i18next'
import * as en from './en/index.ts'
import * as zh from './zh/index.ts'

export type Language = 'zh-CN' | 'en'

const KEY = 'pingan.language'

/** The language kept on this machine, else Chinese. */
export function storedLanguage(): Language {
  return localStorage.getItem(KEY) === 'en' ? 'en' : 'zh-CN'
}

/** Starts i18next with both languages at hand: a switch never waits for the network. */
export async function startI18n(): Promise<void> {
  const lng = storedLanguage()
  document.documentElement.lang = lng
  await i18next.use(initReactI18next).init({
    lng,
    fallbackLng: 'zh-CN',
    resources: { 'zh-CN': zh, en },
    ns: Object.keys(zh),
    defaultNS: 'common',
    interpolation: { escapeValue: false }
  })
  // All windows of a seat speak one language.
  window.addEventListener('storage', event => {
    if (event.key === KEY && storedLanguage() !== i18next.language) void show(storedLanguage())
  })
}

/** Switches every view at once and remembers it. */
export async function setLanguage(language: Language): Promise<void> {
  localStorage.setItem(KEY, language)
  await show(language)
}

async function show(language: Language): Promise<void> {
  document.documentElement.lang = language
  await i18next.changeLanguage(language)
}
