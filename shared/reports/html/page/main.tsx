import { render } from 'preact';
import type { ReportData } from '../data.ts';
import { App } from './app.tsx';

const data: ReportData = JSON.parse(document.getElementById('data')?.textContent ?? 'null');
const page = document.getElementById('page');
if (page !== null) render(<App data={data} />, page);
