// The API's description, drawn by Swagger UI (templates/docs/reference.html); asks nobody else.

const place = document.getElementById("reference");

window.SwaggerUIBundle({
  domNode: place,
  url: place.dataset.description,
  deepLinking: true,
  validatorUrl: null,
});
