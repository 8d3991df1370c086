import { type Loopback, startLoopback } from './loopback.ts';

/**
 * As much of Security Hub's API as importing takes (API reference, BatchImportFindings), for
 * `AWS_ENDPOINT_URL_SECURITYHUB`. `GET /` answers every finding that was ever imported, oldest first.
 */
export async function startSecurityHub(): Promise<Loopback> {
  const imported: unknown[] = [];
  return startLoopback(({ method, url }, body) => {
    if (method === 'GET') return answer(200, imported);
    if (method !== 'POST' || url !== '/findings/import') return answer(404, { Message: 'no such API' });
    const { Findings } = JSON.parse(body);
    if (!Array.isArray(Findings) || Findings.length < 1 || Findings.length > 100)
      return answer(400, { Message: 'Findings is out of bounds', Code: 'InvalidInputException' });
    imported.push(...Findings);
    return answer(200, { FailedCount: 0, FailedFindings: [], SuccessCount: Findings.length });
  });
}

const answer = (status: number, body: object) => ({ status, body: JSON.stringify(body) });
