// The API reference: Swagger UI over this server's own description.
import { byId, el } from './dom.js';
import { fault } from './fault.js';
import { Problem } from './api.js';

const where = byId('docs');

// The bundle is no module: it wants a global object to put its name on.
function load() {
  const script = el('script', { src: '/assets/swagger-ui-bundle.js' });
  script.addEventListener('load', begin);
  script.addEventListener('error', () => { script.remove(); fault(where, new Problem('offline', {}, 5), load); });
  document.head.append(script);
}

function begin() {
  window.SwaggerUIBundle({
    url: '/openapi.yaml', domNode: where, deepLinking: true, docExpansion: 'list', filter: true, defaultModelsExpandDepth: 0,
    tryItOutEnabled: true, displayRequestDuration: true, persistAuthorization: false, validatorUrl: null,
    requestInterceptor: own, onComplete: () => { where.dataset.complete = ''; },
  });
}

// own keeps questions at this server, whatever a description says.
function own(request) {
  if (new URL(request.url, location.href).origin !== location.origin) throw new Error('not this server');
  return request;
}

load();
