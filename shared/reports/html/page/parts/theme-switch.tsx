import { useLayoutEffect, useState } from 'preact/hooks';

const THEMES = ['system', 'light', 'dark'] as const;
type Theme = (typeof THEMES)[number];

const KEY = 'podtrust-report-theme';

const WORDS: Readonly<Record<Theme, string>> = { system: 'System', light: 'Light', dark: 'Dark' };

/** Light, dark, or as the system has it. */
export function ThemeSwitch() {
  const [theme, setTheme] = useState<Theme>(remembered);
  useLayoutEffect(() => {
    const root = document.documentElement;
    if (theme === 'system') delete root.dataset['theme'];
    else root.dataset['theme'] = theme;
    remember(theme);
    dispatchEvent(new Event('themechange'));
  }, [theme]);
  return (
    <fieldset class="theme">
      <legend class="visually-hidden">Colours</legend>
      {THEMES.map((one) => (
        <label key={one} class={one === theme ? 'chosen' : ''}>
          <input
            type="radio"
            name="theme"
            class="visually-hidden"
            checked={one === theme}
            onChange={() => setTheme(one)}
          />
          {WORDS[one]}
        </label>
      ))}
    </fieldset>
  );
}

/** Files opened from a disk may have no storage: then nothing is remembered. */
function remembered(): Theme {
  try {
    return THEMES.find((theme) => theme === localStorage.getItem(KEY)) ?? 'system';
  } catch {
    return 'system';
  }
}

function remember(theme: Theme): void {
  try {
    localStorage.setItem(KEY, theme);
  } catch {
    // Not kept, then.
  }
}
